import type { UpstreamErrorCode } from '../http1/upstream-error.ts';
import { refusals } from './refusal.ts';
import type { ErrorType, Refusal } from './refusal.ts';

const unavailable: Refusal = {
  ...refusal(503, 'upstream_unavailable', 'The service behind the gateway is not reachable'),
  headers: ['retry-after', '1'],
};
const timeout = refusal(
  504,
  'upstream_timeout',
  'The service behind the gateway did not answer in time',
);
const reset = refusal(502, 'upstream_reset', 'The service behind the gateway broke off');
const invalid = refusal(
  502,
  'upstream_invalid',
  'The service behind the gateway gave no valid answer',
);
const ownFault = refusals.internal;

const REFUSALS: Readonly<Record<UpstreamErrorCode, Refusal>> = {
  UPSTREAM_UNREACHABLE: unavailable,
  UPSTREAM_CONNECT_TIMEOUT: unavailable,
  UPSTREAM_QUEUE_FULL: unavailable,
  UPSTREAM_QUEUE_TIMEOUT: unavailable,
  UPSTREAM_CLOSED: unavailable,
  UPSTREAM_HEAD_TIMEOUT: timeout,
  UPSTREAM_BODY_TIMEOUT: timeout,
  UPSTREAM_STALE_CONNECTION: reset,
  UPSTREAM_RESET: reset,
  UPSTREAM_TLS_INVALID: invalid,
  UPSTREAM_INVALID_ANSWER: invalid,
  // What the upstream said could not be passed on.
  UPSTREAM_HANDLER_FAILED: invalid,
  UPSTREAM_REQUEST_INVALID: ownFault,
  UPSTREAM_REQUEST_BODY_FAILED: ownFault,
};

/** What went wrong between us and the upstream, as the client is told. */
export function upstreamRefusal(code: UpstreamErrorCode): Refusal {
  return REFUSALS[code];
}

function refusal(status: number, code: ErrorType, title: string): Refusal {
  return { status, code, title, errorType: code };
}
