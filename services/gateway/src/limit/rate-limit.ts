import { gcra, hardLimit } from './gcra.ts';
import { createSlidingLog, slide } from './sliding-log.ts';

export const WINDOW_S = 60;
const WINDOW_US = WINDOW_S * 1_000_000;

/** Up to this limit the exact log is kept: 8 kB per key. Above, one number per key. */
const EXACT_UP_TO = 1_000;

export interface RateDecision {
  admitted: boolean;
  limit: number;
  remaining: number;
  /** Whole seconds, rounded up; 0 when admitted. */
  retryAfterS: number;
}

/** Checks and spends one request of a key. `nowUs` comes from a monotonic clock. */
export type RateLimiter = (keyId: string, limit: number) => RateDecision;

type Check = (nowUs: number) => { admitted: boolean; remaining: number; retryAfterUs: number };

/**
 * Requests per minute and key, in this process. Never more than the limit in any 60 s: up to 1,000
 * by an exact log, above by a GCRA that lets a tenth of the limit through at once.
 */
export function createRateLimiter(nowMs: () => number = () => performance.now()): RateLimiter {
  const checks = new Map<string, { limit: number; check: Check }>();
  let lastUs = 0;
  return (keyId, limit) => {
    let entry = checks.get(keyId);
    if (entry?.limit !== limit) {
      entry = { limit, check: limit <= EXACT_UP_TO ? exactCheck(limit) : smoothCheck(limit) };
      checks.set(keyId, entry);
    }
    lastUs = Math.max(lastUs, Math.floor(nowMs() * 1_000));
    const { admitted, remaining, retryAfterUs } = entry.check(lastUs);
    return { admitted, limit, remaining, retryAfterS: Math.ceil(retryAfterUs / 1_000_000) };
  };
}

function exactCheck(limit: number): Check {
  const log = createSlidingLog(limit);
  return (nowUs) => slide(log, WINDOW_US, nowUs);
}

function smoothCheck(limit: number): Check {
  const rate = hardLimit(limit, WINDOW_US, Math.ceil(limit / 10));
  let tatUs = 0;
  return (nowUs) => {
    const decision = gcra(rate, tatUs, nowUs);
    tatUs = decision.tatUs;
    return decision;
  };
}

/** Headers of draft-ietf-httpapi-ratelimit-headers, as flat name-value pairs. */
export function rateHeaders({ limit, remaining, retryAfterS }: RateDecision): string[] {
  const headers = [
    'ratelimit-policy',
    `"key";q=${limit};w=${WINDOW_S}`,
    'ratelimit',
    `"key";r=${remaining};t=${retryAfterS > 0 ? retryAfterS : WINDOW_S}`,
  ];
  if (retryAfterS > 0) headers.push('retry-after', String(retryAfterS));
  return headers;
}
