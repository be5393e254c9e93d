import type { Logger } from '@omni/kit/logger.ts';
import type { RequestScope } from './proxy/request-scope.ts';

/** Log fields of the gateway beside the common ones. */
export const GATEWAY_LOG_FIELDS = [
  'key_id',
  'upstream_ms',
  'port',
  'host',
  'epoch',
  'cut',
] as const;
export type GatewayLogField = (typeof GATEWAY_LOG_FIELDS)[number];
export type GatewayLogger = Logger<GatewayLogField>;

/** One line per request: allow-listed fields, never a path, header or key. */
export function logRequest(
  logger: GatewayLogger,
  scope: RequestScope,
  { status, durationMs }: { status: number; durationMs: number },
): void {
  const trace = scope.request.headers['traceparent'];
  logger.info('request', {
    request_id: scope.requestId,
    trace: typeof trace === 'string' && trace.length === 55 ? trace.slice(3, 35) : undefined,
    key_id: scope.keyId,
    route: scope.route,
    method: scope.method,
    status,
    error_type: scope.errorType,
    reason: scope.reason,
    bytes: scope.bytesSent,
    dur_ms: round(durationMs),
    upstream_ms: scope.upstreamMs > 0 ? round(scope.upstreamMs) : undefined,
    client_ip: scope.clientAddress,
  });
}

function round(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
