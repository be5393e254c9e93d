import { adminLogPath } from '../admin/log-path.ts';
import { isoNow } from '@omni/kit/logger.ts';
import { jsonText } from './json-text.ts';
import type { RequestScope } from '../proxy/request-scope.ts';
import { spanIdOf, traceIdOf } from '../tracing/trace-context.ts';
import { createClientText } from './client-text.ts';
import type { ClientText } from './client-text.ts';
import { createLineHeads } from './line-heads.ts';

const MAX_PATH_CHARS = 512;
const MAX_AGENT_CHARS = 120;
const FIRST_ERROR = 400;
const ZEROS = ['', '0', '00', '000', '0000', '00000'];

export interface AccessLogOptions {
  /** Takes finished lines. */
  writeLine: (line: string) => void;
  service: string;
  revision: string;
  /** Google Cloud project whose traces the lines belong to. */
  project: string | undefined;
  /** Part of the requests that is logged, 0 to 1; errors always are. */
  sample: number;
  /** Secrets of this process that a client might paste into a path. */
  secrets: readonly string[];
}

/** Logs a finished request, or not. */
export type AccessLog = (scope: RequestScope, status: number, durationMs: number) => void;

/**
 * One JSON line per request in the names of Cloud Logging, written by hand: no object, and what
 * repeats (route, method, status; address and user agent of the client) is written once and kept.
 * Fields are fixed here; of what a client sent only path and user agent are in them, cleaned.
 */
export function createAccessLog(options: AccessLogOptions): AccessLog {
  const { writeLine, project, sample } = options;
  const clientText = createClientText(options.secrets);
  const heads = createLineHeads(options);
  const clients = createClientPart(clientText);
  const traces = project === undefined ? '' : `projects/${jsonText(project)}/traces/`;
  const traceName = `,"logging.googleapis.com/trace":"${traces}`;
  return (scope, status, durationMs) => {
    const isError = status >= FIRST_ERROR || scope.errorType !== undefined;
    if (!isError && sample < 1 && Math.random() >= sample) return;
    const { traceparent } = scope;
    const path = scope.route === '/admin/v1' ? adminLogPath(scope.path) : scope.path;
    // A path that is its route holds nothing of the client's own.
    const url = path === scope.route ? path : clientText(path, MAX_PATH_CHARS);
    const spanId = scope.span === undefined ? spanIdOf(traceparent) : scope.span.id;
    writeLine(
      `{"time":"${isoNow()}${heads(scope, status)}${seconds(durationMs)}s","requestUrl":"` +
        `${url}","responseSize":"${scope.bytesSent}${clients(scope)}` +
        `${traceName}${traceIdOf(traceparent)}","logging.googleapis.com/spanId":"` +
        `${spanId}","request_id":"${scope.requestId}"${optional(scope, isError)}}\n`,
    );
  };
}

/** What not every request has. */
function optional(scope: RequestScope, isError: boolean): string {
  let text = '';
  if (scope.keyId !== undefined) text = `,"key_id":"${jsonText(scope.keyId)}"`;
  if (scope.upstreamMs > 0) text += `,"upstream_ms":${millis(scope.upstreamMs)}`;
  if (!isError) return text;
  if (scope.errorType !== undefined) text += `,"error_type":"${scope.errorType}"`;
  if (scope.reason !== undefined) text += `,"reason":"${jsonText(scope.reason)}"`;
  return text;
}

/** Seconds with six decimals; from two integers, because a fraction is slow to format. */
function seconds(ms: number): string {
  return decimals(Math.round(ms * 1_000), 6, 1_000_000);
}

function millis(ms: number): string {
  return decimals(Math.round(ms * 1_000), 3, 1_000);
}

function decimals(micros: number, digits: number, unit: number): string {
  const whole = Math.floor(micros / unit);
  const rest = String(micros - whole * unit);
  return `${whole}.${ZEROS[digits - rest.length] ?? ''}${rest}`;
}

/** Address and user agent: mostly those of the request before. */
function createClientPart(clientText: ClientText): (scope: RequestScope) => string {
  let lastAddress = '';
  let lastAgent: string | undefined = '';
  let part = '';
  return ({ clientAddress, head }) => {
    const agent = head['user-agent'];
    if (part !== '' && clientAddress === lastAddress && agent === lastAgent) return part;
    lastAddress = clientAddress;
    lastAgent = agent;
    part = `","remoteIp":"${jsonText(clientAddress)}"`;
    if (agent !== undefined) part += `,"userAgent":"${clientText(agent, MAX_AGENT_CHARS)}"`;
    part += '}';
    return part;
  };
}
