import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutlierEjection } from './outlier-ejection.ts';
import { RetryBudget } from './retry-budget.ts';
import { WeightedRoundRobin } from './weighted-round-robin.ts';

const picks = (robin: WeightedRoundRobin, count: number, open = (_: number) => true): number[] =>
  Array.from({ length: count }, () => robin.pick(open));

describe('weighted round robin', () => {
  it('spreads the heavy one out', () => {
    expect(picks(new WeightedRoundRobin([5, 1, 1]), 7)).toEqual([0, 0, 1, 0, 2, 0, 0]);
  });

  it('skips what is not available, and says when nothing is', () => {
    const robin = new WeightedRoundRobin([1, 1, 0]);
    expect(picks(robin, 4, (index) => index !== 0)).toEqual([1, 1, 1, 1]);
    expect(robin.pick(() => false)).toBe(-1);
    expect(picks(new WeightedRoundRobin([0, 1]), 2)).toEqual([1, 1]);
  });

  it('gives every target exactly its weight in each round', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(weights, (each) => {
        const total = each.reduce((sum, weight) => sum + weight, 0);
        fc.pre(total > 0);
        const robin = new WeightedRoundRobin(each);
        for (let round = 0; round < 3; round += 1) {
          const counts = each.map(() => 0);
          for (const index of picks(robin, total)) counts[index] = (counts[index] ?? 0) + 1;
          expect(counts).toEqual(each);
        }
      }),
    );
  });
});

describe('the retry budget', () => {
  it('allows a tenth, three where there is little, and recovers with the window', () => {
    const budget = new RetryBudget();
    const taken = (now: number): number => {
      let count = 0;
      while (budget.take(now)) count += 1;
      return count;
    };
    expect(taken(0)).toBe(3);
    for (let i = 0; i < 100; i += 1) budget.requested(10);
    expect(taken(20)).toBe(7);
    expect(taken(11_100)).toBe(3);
  });

  it('never exceeds its share of any schedule', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.boolean()));
    fc.assert(
      fc.property(steps, (each) => {
        const budget = new RetryBudget();
        let [now, requests, retries] = [0, 0, 0];
        for (const [wait, retry] of each) {
          now += wait;
          if (!retry) {
            budget.requested(now);
            requests += 1;
          } else if (budget.take(now)) retries += 1;
        }
        const windows = 1 + Math.floor(now / 9_000);
        expect(retries).toBeLessThanOrEqual(3 * windows + requests * 0.1);
      }),
    );
  });
});

describe('outlier ejection', () => {
  it('takes out after three failures in a row, for longer each time', () => {
    const ejection = new OutlierEjection(2);
    for (let i = 0; i < 2; i += 1) ejection.failed(0, 0);
    ejection.succeeded(0);
    for (let i = 0; i < 2; i += 1) ejection.failed(0, 0);
    expect(ejection.isEjected(0, 0)).toBe(false);
    ejection.failed(0, 0);
    expect([ejection.isEjected(0, 4_999), ejection.isEjected(0, 5_000)]).toEqual([true, false]);
    ejection.failed(0, 5_000);
    expect([ejection.isEjected(0, 14_999), ejection.isEjected(0, 15_000)]).toEqual([true, false]);
  });

  it('leaves at least half of the targets in, and a single one always', () => {
    const ejection = new OutlierEjection(3);
    for (let i = 0; i < 5; i += 1) for (const target of [0, 1, 2]) ejection.failed(target, 0);
    expect(ejection.ejected(1)).toBe(1);
    const single = new OutlierEjection(1);
    for (let i = 0; i < 9; i += 1) single.failed(0, 0);
    expect(single.isEjected(0, 1)).toBe(false);
  });
});
