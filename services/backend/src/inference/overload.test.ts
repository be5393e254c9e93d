import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome, Storm } from '../testing/simulated-overload.ts';
import { weather } from '../testing/simulated-overload.ts';

const COMMON: Storm = {
  seed: 7,
  lanes: 1,
  pace: 10_000,
  spread: 0.5,
  seconds: 15,
  load: 4,
  budgetMs: 2_000,
  costs: [112],
  obeying: 1,
};

/** Shares that the goals are about. */
function sharesOf(outcome: Outcome): { late: number; shed: number; servedAtReturn: number } {
  const { answered, late, shed, returned, answeredAtReturn } = outcome;
  const admitted = answered + late + shed;
  return {
    late: late / admitted,
    shed: shed / admitted,
    servedAtReturn: returned === 0 ? 1 : answeredAtReturn / returned,
  };
}

describe('the queue in a simulated storm', () => {
  it('serves who obeys at the first return, and hardly ever takes what it cannot do in time', async () => {
    const storms = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      lanes: fc.constantFrom(1, 2),
      spread: fc.constantFrom(0, 0.5, 1),
      load: fc.constantFrom(2, 4),
      burst: fc.boolean(),
      budgetMs: fc.constantFrom(500, 2_000, 30_000),
      costs: fc.constantFrom([112], [60, 112, 400, 1_000]),
      obeying: fc.constantFrom(0.5, 1),
    });
    await fc.assert(
      fc.asyncProperty(storms, async (storm) => {
        const outcome = await weather({ ...COMMON, seconds: storm.burst ? 5 : 12, ...storm });
        const { late, shed, servedAtReturn } = sharesOf(outcome);
        expect(late).toBeLessThan(0.01);
        expect(shed).toBeLessThan(0.03);
        expect(servedAtReturn).toBeGreaterThanOrEqual(0.95);
        expect(outcome.longestRetry).toBeLessThanOrEqual(300);
      }),
      { numRuns: 8 },
    );
  });

  it('stays busy although nobody comes back, and promises the room of those to others', async () => {
    const outcome = await weather({ ...COMMON, obeying: 0, seconds: 40 });
    expect(outcome.goodput).toBeGreaterThan(0.9);
    expect(outcome.longestRetry).toBeLessThan(40);
  });

  it('tells those early whom a sudden slump makes too late, instead of running for nobody', async () => {
    const outcome = await weather({ ...COMMON, seconds: 30, slump: 0.04, obeying: 0 });
    expect(sharesOf(outcome).late).toBeLessThan(0.01);
    expect(outcome.shed).toBeGreaterThan(0);
    expect(outcome.goodput).toBeGreaterThan(0.5);
  });
});
