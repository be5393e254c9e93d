import { describe, expect, it } from 'vitest';
import { createRateLimiter, rateHeaders } from './rate-limit.ts';

describe('createRateLimiter', () => {
  it('admits the limit at once, then refuses with a true wait', () => {
    let nowMs = 1_000;
    const limit = createRateLimiter(() => nowMs);
    for (let i = 0; i < 5; i += 1) expect(limit('k', 5)).toMatchObject({ remaining: 4 - i });
    const refused = limit('k', 5);
    expect(refused).toMatchObject({ admitted: false, retryAfterS: 60 });
    nowMs += refused.retryAfterS * 1_000;
    expect(limit('k', 5).admitted).toBe(true);
  });

  it('keeps keys apart', () => {
    const limit = createRateLimiter(() => 0);
    expect(limit('a', 1).admitted).toBe(true);
    expect(limit('b', 1).admitted).toBe(true);
    expect(limit('a', 1).admitted).toBe(false);
  });

  it('starts anew when the limit of a key changes', () => {
    const limit = createRateLimiter(() => 0);
    limit('a', 1);
    expect(limit('a', 2).admitted).toBe(true);
  });

  it('does not run backwards with its clock', () => {
    let nowMs = 100_000;
    const limit = createRateLimiter(() => nowMs);
    limit('a', 1);
    nowMs = 0;
    expect(limit('a', 1)).toMatchObject({ admitted: false, retryAfterS: 60 });
  });

  it('holds large limits in every minute too', () => {
    let nowMs = 0;
    const limit = createRateLimiter(() => nowMs);
    let admitted = 0;
    for (; nowMs < 60_000; nowMs += 5) {
      for (let i = 0; i < 10; i += 1) if (limit('k', 5_000).admitted) admitted += 1;
    }
    expect(admitted).toBeLessThanOrEqual(5_000);
    expect(admitted).toBeGreaterThan(4_900);
  });
});

describe('rateHeaders', () => {
  it('follows the draft', () => {
    expect(rateHeaders({ admitted: false, limit: 5, remaining: 0, retryAfterS: 12 })).toEqual([
      'ratelimit-policy',
      '"key";q=5;w=60',
      'ratelimit',
      '"key";r=0;t=12',
      'retry-after',
      '12',
    ]);
  });
});
