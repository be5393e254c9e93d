import type { UpstreamErrorCode } from '../http1/upstream-error.ts';

/** Faults that are the target's, or of the way to it. What we or the client did says nothing. */
const TARGET_FAULTS: ReadonlySet<UpstreamErrorCode> = new Set([
  'UPSTREAM_UNREACHABLE',
  'UPSTREAM_CONNECT_TIMEOUT',
  'UPSTREAM_TLS_INVALID',
  'UPSTREAM_RESET',
  'UPSTREAM_HEAD_TIMEOUT',
  'UPSTREAM_INVALID_ANSWER',
]);

/** Faults that say that nobody is there; after any other somebody was. */
const UNREACHABLE: ReadonlySet<UpstreamErrorCode> = new Set([
  'UPSTREAM_UNREACHABLE',
  'UPSTREAM_CONNECT_TIMEOUT',
  'UPSTREAM_TLS_INVALID',
]);

export function isUnreachable(error: UpstreamErrorCode | undefined): boolean {
  return error !== undefined && UNREACHABLE.has(error);
}

export type AttemptOutcome = 'succeeded' | 'failed' | 'neutral';

/** What an attempt says about its target's health. */
export function attemptOutcome(
  status: number,
  error: UpstreamErrorCode | undefined,
  failureStatuses: ReadonlySet<number>,
): AttemptOutcome {
  if (error !== undefined) return TARGET_FAULTS.has(error) ? 'failed' : 'neutral';
  return failureStatuses.has(status) ? 'failed' : 'succeeded';
}
