import type { ErrorType, Refusal } from './refusal.ts';

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const TIMEOUT = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
const RESET = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** The `code` of an error of undici or Node. */
export function codeOf(error: Error): string | undefined {
  const { code } = error as Error & { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** What went wrong between us and the upstream, as the client is told. */
export function upstreamRefusal(error: Error): Refusal {
  const code = codeOf(error) ?? '';
  if (UNREACHABLE.has(code)) {
    return {
      ...refusal(503, 'upstream_unavailable', 'The service behind the gateway is not reachable'),
      headers: ['retry-after', '1'],
    };
  }
  if (TIMEOUT.has(code)) {
    return refusal(
      504,
      'upstream_timeout',
      'The service behind the gateway did not answer in time',
    );
  }
  if (RESET.has(code)) {
    return refusal(502, 'upstream_reset', 'The service behind the gateway broke off');
  }
  return refusal(502, 'upstream_invalid', 'The service behind the gateway gave no valid answer');
}

function refusal(status: number, code: ErrorType, title: string): Refusal {
  return { status, code, title, errorType: code };
}
