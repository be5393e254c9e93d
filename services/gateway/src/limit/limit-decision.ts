import type { PlannedLimit } from './limit-plan.ts';
import type { Verdict } from './verdict.ts';

/** What the limiter says of one request. */
export interface LimitDecision {
  readonly outcome: LimitOutcome;
  /** Values of RateLimit-Policy and RateLimit; empty: no such header. */
  readonly policyHeader: string;
  readonly limitHeader: string;
  /** Whole seconds, rounded up; 0: no Retry-After. */
  readonly retryAfterS: number;
}

export type LimitOutcome =
  'admitted' | 'rate_limited' | 'quota_exceeded' | 'store_unavailable' | 'table_full';

/** A request without limits, or one that is let through uncounted. */
export const UNLIMITED: LimitDecision = {
  outcome: 'admitted',
  policyHeader: '',
  limitHeader: '',
  retryAfterS: 0,
};

/** The count can't be asked: try again soon. */
export const STORE_UNAVAILABLE: LimitDecision = {
  ...UNLIMITED,
  outcome: 'store_unavailable',
  retryAfterS: 1,
};

/** There is no room to count a new subject: entries expire, so try again soon. */
export const TABLE_FULL: LimitDecision = { ...UNLIMITED, outcome: 'table_full', retryAfterS: 1 };

export function quotaExceeded(retryAfterS: number): LimitDecision {
  return { ...UNLIMITED, outcome: 'quota_exceeded', retryAfterS };
}

/**
 * The header values of draft-ietf-httpapi-ratelimit-headers. `t` of a refusal is the wait, after
 * which the request is admitted if nobody else spends; else the time until nothing is used.
 */
export function toDecision(
  limits: readonly PlannedLimit[],
  policyHeader: string,
  verdict: Verdict,
): LimitDecision {
  const item = limits[verdict.index]?.rule.limitItem ?? '';
  if (verdict.admitted) {
    const resetS = Math.ceil(verdict.resetUs / 1_000_000);
    const limitHeader = `${item}${verdict.remaining};t=${resetS}`;
    return { outcome: 'admitted', policyHeader, limitHeader, retryAfterS: 0 };
  }
  const retryAfterS = Math.ceil(verdict.waitUs / 1_000_000);
  const limitHeader = `${item}0;t=${retryAfterS}`;
  return { outcome: 'rate_limited', policyHeader, limitHeader, retryAfterS };
}
