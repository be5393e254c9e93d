import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gcra, hardLimit } from './gcra.ts';
import type { GcraLimit } from './gcra.ts';

const WINDOW = 60_000_000;

/** Gaps between arrivals: bursts, steady traffic and pauses. */
const schedule = fc.array(
  fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 2_000_000 }),
    fc.integer({ max: WINDOW * 2, min: 0 }),
  ),
  { minLength: 1, maxLength: 400 },
);
const limits = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }))
  .filter(([limit, burst]) => burst <= limit);

function admittedTimes(limit: GcraLimit, gaps: readonly number[]): number[] {
  let tat = 0;
  let now = 0;
  const admitted: number[] = [];
  for (const gap of gaps) {
    now += gap;
    const decision = gcra(limit, tat, now);
    tat = decision.tatUs;
    if (decision.admitted) admitted.push(now);
  }
  return admitted;
}

/** Most arrivals in any half-open window. */
function mostInWindow(times: readonly number[]): number {
  return Math.max(
    0,
    ...times.map((start) => times.filter((t) => t >= start && t < start + WINDOW).length),
  );
}

describe('gcra', () => {
  it('never admits more than the limit in any window (hard limit)', () => {
    fc.assert(
      fc.property(limits, schedule, ([limit, burst], gaps) => {
        const times = admittedTimes(hardLimit(limit, WINDOW, burst), gaps);
        expect(mostInWindow(times)).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it('admits after exactly the announced wait, and not a microsecond before', () => {
    fc.assert(
      fc.property(limits, schedule, ([limit, burst], gaps) => {
        const rate = hardLimit(limit, WINDOW, burst);
        let tat = 0;
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          const decision = gcra(rate, tat, now);
          if (!decision.admitted) {
            expect(decision.retryAfterUs).toBeGreaterThan(0);
            expect(gcra(rate, tat, now + decision.retryAfterUs).admitted).toBe(true);
            expect(gcra(rate, tat, now + decision.retryAfterUs - 1).admitted).toBe(false);
          }
          tat = decision.tatUs;
        }
      }),
    );
  });

  it('charges nothing for refused requests', () => {
    const rate = hardLimit(5, WINDOW, 1);
    const first = gcra(rate, 0, 0);
    const refused = gcra(rate, first.tatUs, 0);
    expect(refused).toMatchObject({ admitted: false, tatUs: first.tatUs });
  });

  it('lets the burst through at once and says what remains', () => {
    const rate = hardLimit(10, WINDOW, 3);
    let tat = 0;
    const remaining = [0, 0, 0].map(() => {
      const decision = gcra(rate, tat, 0);
      tat = decision.tatUs;
      return decision.remaining;
    });
    expect(remaining).toEqual([2, 1, 0]);
    expect(gcra(rate, tat, 0).admitted).toBe(false);
  });
});
