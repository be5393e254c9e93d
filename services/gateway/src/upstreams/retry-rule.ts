import type { UpstreamErrorCode } from '../http1/upstream-error.ts';
import type { FailedAttempt } from './upstream-target.ts';

/** Beside the first attempt. */
const MAX_RETRIES = 2;
/** Safe or idempotent (RFC 9110 9.2): doing it twice does it once. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
/** The connection was never there, so no byte of the request was sent. */
const NOT_SENT: ReadonlySet<UpstreamErrorCode> = new Set([
  'UPSTREAM_UNREACHABLE',
  'UPSTREAM_CONNECT_TIMEOUT',
]);

/** `other_target`: only where nobody has refused yet; `any_target`: also the same one again. */
export type RetryVerdict = 'no' | 'other_target' | 'any_target';

/**
 * Whether a failed attempt may be repeated, before the budget is asked. Never on a status, never
 * when repeating could do something twice: a dial that failed may be tried elsewhere; a kept
 * connection that closed before a byte of the answer came may be replaced when the method is
 * idempotent. Both need a body that can be sent again, or none.
 */
export function retryVerdict(failed: FailedAttempt): RetryVerdict {
  if (failed.attempt > MAX_RETRIES || !failed.bodyReplayable) return 'no';
  if (NOT_SENT.has(failed.error)) return 'other_target';
  const stale = failed.error === 'UPSTREAM_STALE_CONNECTION';
  return stale && IDEMPOTENT.has(failed.method) ? 'any_target' : 'no';
}
