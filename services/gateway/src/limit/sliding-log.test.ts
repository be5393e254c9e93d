import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSlidingLog, slide } from './sliding-log.ts';

const WINDOW = 60_000_000;
const gap = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: WINDOW }));
const schedule = fc.array(gap, { minLength: 1, maxLength: 300 });

describe('sliding log', () => {
  it('admits exactly when fewer than the limit were admitted in the last window', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), schedule, (limit, gaps) => {
        const log = createSlidingLog(limit);
        const admitted: number[] = [];
        let now = 0;
        for (const each of gaps) {
          now += each;
          const inWindow = admitted.filter((time) => time > now - WINDOW).length;
          const decision = slide(log, WINDOW, now);
          expect(decision.admitted).toBe(inWindow < limit);
          if (decision.admitted) {
            admitted.push(now);
            expect(decision.remaining).toBe(limit - inWindow - 1);
          }
        }
      }),
    );
  });

  it('admits after exactly the announced wait', () => {
    const log = createSlidingLog(2);
    slide(log, WINDOW, 10);
    slide(log, WINDOW, 20);
    const refused = slide(log, WINDOW, 30);
    expect(refused).toEqual({ admitted: false, remaining: 0, retryAfterUs: WINDOW - 20 });
    expect(slide(log, WINDOW, 30 + refused.retryAfterUs - 1).admitted).toBe(false);
    expect(slide(log, WINDOW, 30 + refused.retryAfterUs).admitted).toBe(true);
  });
});
