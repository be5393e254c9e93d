import {
  createEventEnvelope,
  createStackParser,
  createTransport,
  exceptionFromError,
  getEnvelopeEndpointWithUrlEncodedAuth,
  makeDsn,
  uuid4,
} from '@sentry/core';
import type { ErrorEvent, Transport } from '@sentry/core';
import { nodeStackLineParser } from '@sentry/core/server';
import { redact } from '@omni/kit/redact.ts';
import type { RequestScope } from '../proxy/request-scope.ts';
import { traceIdOf } from '../tracing/trace-context.ts';
import type { FaultReporter } from './fault-reporter.ts';
import { createFaultBudget } from './fault-budget.ts';

const SEND_TIMEOUT_MS = 3_000;
const CLOSE_TIMEOUT_MS = 1_000;
const SDK = { name: 'sentry.javascript.omni-gateway', version: '1' };

export interface SentryReporterOptions {
  dsn: string;
  release: string;
  service: string;
  revision: string;
  /** Removes this process' own secrets from a text. */
  clean: (text: string) => string;
}

/**
 * Reports to Sentry with the official envelope, transport and stack parser, but with events that are
 * made here field by field: no request, no header, no query, no breadcrumb, no host name can be in
 * one. Every text is redacted.
 */
export function createSentryReporter(options: SentryReporterOptions): FaultReporter {
  const dsn = makeDsn(options.dsn);
  if (dsn === undefined) throw new Error('SENTRY_DSN is not a DSN');
  const url = getEnvelopeEndpointWithUrlEncodedAuth(dsn);
  const transport = openTransport(url);
  const words = (text: string): string => options.clean(redact(text));
  const parser = createStackParser(nodeStackLineParser());
  const send = (event: ErrorEvent): void => {
    const envelope = createEventEnvelope(event, dsn, { sdk: SDK });
    // A receiver that is away costs its event; the log has the fault as well.
    transport.send(envelope).then(undefined, () => undefined);
  };
  const eventOf = (error: unknown, tags: Record<string, string>): ErrorEvent => {
    const { type, value, stacktrace } = exceptionFromError(parser, toError(error));
    return {
      event_id: uuid4(),
      timestamp: Date.now() / 1_000,
      platform: 'node',
      level: 'error',
      type: undefined,
      release: options.release,
      environment: options.service,
      tags: { revision: options.revision, ...tags },
      exception: {
        values: [
          {
            ...(type === undefined ? {} : { type: words(type) }),
            value: words(value ?? ''),
            ...(stacktrace === undefined ? {} : { stacktrace }),
          },
        ],
      },
    };
  };
  const withinBudget = createFaultBudget();
  return {
    requestFailed(scope, status) {
      const { errorType = 'gateway_internal', fault } = scope;
      if (!withinBudget(errorType)) return;
      const error = fault ?? new Error(`The gateway answered ${status}`);
      const event = eventOf(error, requestTags(scope, status));
      // Without an error of its own the stack is that of this report.
      if (fault === undefined) delete event.exception?.values?.[0]?.stacktrace;
      send({ ...event, fingerprint: fault === undefined ? [errorType] : ['{{ default }}'] });
    },
    uncaught: (error) => send({ ...eventOf(error, {}), level: 'fatal' }),
    async close() {
      await transport.flush(CLOSE_TIMEOUT_MS);
    },
  };
}

function requestTags(scope: RequestScope, status: number): Record<string, string> {
  return {
    route: scope.route,
    method: scope.method,
    status: String(status),
    error_type: scope.errorType ?? '',
    request_id: scope.requestId,
    trace_id: traceIdOf(scope.traceparent),
  };
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function openTransport(url: string): Transport {
  const options = { url, recordDroppedEvent: (): void => undefined };
  return createTransport(options, async ({ body }) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-sentry-envelope' },
      body: typeof body === 'string' ? body : new Uint8Array(body),
      redirect: 'error',
      signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
    });
    await answer.body?.cancel();
    return {
      statusCode: answer.status,
      headers: {
        'x-sentry-rate-limits': answer.headers.get('x-sentry-rate-limits'),
        'retry-after': answer.headers.get('retry-after'),
      },
    };
  });
}
