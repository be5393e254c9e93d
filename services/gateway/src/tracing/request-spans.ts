import type { ClientText } from '../log/client-text.ts';
import { NO_UPSTREAM } from '../proxy/request-scope.ts';
import type { RequestScope } from '../proxy/request-scope.ts';
import type { OtlpSpan } from './otlp-span.ts';
import { attributes, CLIENT_KIND, SERVER_KIND, STATUS_ERROR } from './otlp-span.ts';
import { spanIdOf, traceIdOf } from './trace-context.ts';
import type { RequestSpan } from './tracer.ts';

const MAX_TEXT_CHARS = 512;

/** A finished request. */
export interface TracedRequest {
  readonly scope: RequestScope;
  readonly span: RequestSpan;
  readonly status: number;
}

/** What describes every span of this gateway alike. */
export interface SpanWording {
  readonly clientText: ClientText;
  /** Whether X-Forwarded-Proto was written by a proxy of ours. */
  readonly trustsProxies: boolean;
}

/**
 * Server span of a request, and client span when an upstream was asked: names and attributes of the
 * HTTP semantic conventions. Of what the client sent only path and user agent are in them, cleaned.
 */
export function requestSpans(traced: TracedRequest, wording: SpanWording): OtlpSpan[] {
  const spans = [serverSpan(traced, wording)];
  if (traced.scope.upstreamStatus !== NO_UPSTREAM) spans.push(clientSpan(traced));
  return spans;
}

function serverSpan(traced: TracedRequest, { clientText, trustsProxies }: SpanWording): OtlpSpan {
  const { scope, span, status } = traced;
  const { request, errorType } = scope;
  const agent = scope.head['user-agent'];
  const proto = trustsProxies ? scope.head['x-forwarded-proto'] : undefined;
  return {
    traceId: traceIdOf(span.traceparent),
    spanId: span.id,
    ...(span.parentId === undefined ? {} : { parentSpanId: span.parentId }),
    name: `${scope.method} ${scope.route}`,
    kind: SERVER_KIND,
    startTimeUnixNano: unixNano(scope.startedAt),
    endTimeUnixNano: unixNano(performance.now()),
    attributes: attributes({
      'http.request.method': scope.method,
      'http.route': scope.route,
      'http.response.status_code': status,
      'url.scheme': proto === 'https' ? 'https' : 'http',
      'url.path': clientText(scope.path, MAX_TEXT_CHARS),
      'network.protocol.version': request.httpVersion,
      'client.address': scope.clientAddress,
      'user_agent.original': agent === undefined ? undefined : clientText(agent, MAX_TEXT_CHARS),
      'error.type': errorType ?? (status >= 500 ? String(status) : undefined),
      'http.response.body.size': scope.bytesSent,
      'omni.request_id': scope.requestId,
      'omni.key_id': scope.keyId,
    }),
    // A server's 4xx are the caller's errors.
    status: status >= 500 ? { code: STATUS_ERROR } : {},
  };
}

function clientSpan({ scope, span }: TracedRequest): OtlpSpan {
  const { upstreamStatus, upstreamSentAt } = scope;
  const failed = upstreamStatus === 0 || upstreamStatus >= 400;
  const errorType = scope.errorType ?? (failed ? String(upstreamStatus) : undefined);
  return {
    traceId: traceIdOf(span.traceparent),
    spanId: spanIdOf(span.traceparent),
    parentSpanId: span.id,
    name: scope.method,
    kind: CLIENT_KIND,
    startTimeUnixNano: unixNano(upstreamSentAt),
    endTimeUnixNano: unixNano(Math.min(performance.now(), upstreamSentAt + scope.upstreamMs)),
    attributes: attributes({
      'http.request.method': scope.method,
      // The configured name: an address of our inside is nobody's business.
      'server.address': scope.upstream,
      'http.response.status_code': upstreamStatus === 0 ? undefined : upstreamStatus,
      'error.type': errorType,
    }),
    status: failed ? { code: STATUS_ERROR } : {},
  };
}

/** A time of `performance.now()` as nanoseconds since 1970; a number would lose the last digits. */
function unixNano(at: number): string {
  const micros = Math.round((performance.timeOrigin + at) * 1_000);
  return `${micros}000`;
}
