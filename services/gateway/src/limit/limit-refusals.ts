import type { Refusal } from '../proxy/refusal.ts';
import type { LimitDecision, LimitOutcome } from './limit-decision.ts';

const unavailable = { status: 503, title: 'The limits of this API key cannot be checked now' };

/** Answers to requests that a limit, or the lack of its count, refuses. */
const REFUSALS = {
  rate_limited: {
    status: 429,
    code: 'rate_limited',
    title: 'Too many requests with this API key',
    errorType: 'client_rate_limited',
  },
  quota_exceeded: {
    status: 429,
    code: 'quota_exceeded',
    title: 'The quota of this API key is used up',
    errorType: 'client_quota_exceeded',
  },
  store_unavailable: {
    ...unavailable,
    code: 'limit_store_unavailable',
    errorType: 'gateway_limit_store_unavailable',
  },
  table_full: {
    ...unavailable,
    code: 'limit_table_full',
    errorType: 'gateway_limit_table_full',
  },
} as const satisfies Record<Exclude<LimitOutcome, 'admitted'>, Refusal>;

/** The answer to a refused request; `close` when its body was not read. */
export function limitRefusal(
  { retryAfterS }: LimitDecision,
  outcome: Exclude<LimitOutcome, 'admitted'>,
  close: boolean,
): Refusal {
  const headers = retryAfterS > 0 ? ['retry-after', String(retryAfterS)] : [];
  return { ...REFUSALS[outcome], headers, close };
}
