import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogramQuantile } from './histogram-quantile.ts';

/** Answers of Prometheus 2.42 to the same buckets (metrics facts, 2.2). */
const GOLDENS: readonly [string, number, number[], number[], number][] = [
  ['the middle at a bound', 0.5, [0.1, 0.2, Infinity], [10, 20, 20], 0.1],
  ['the maximum at the last finite bound', 1, [0.1, 0.2, Infinity], [10, 20, 20], 0.2],
  ['deep inside the first bucket', 0.01, [0.1, 0.2, Infinity], [10, 20, 20], 0.002],
  ['in +Inf: the highest finite bound', 0.5, [0.1, 1, Infinity], [1, 2, 100], 1],
  ['counts that fall are forced up', 0.5, [0.1, 1, Infinity], [5, 3, 10], 0.1],
  ['a lowest bound that is negative', 0, [-1, 1, Infinity], [5, 10, 10], -1],
  ['one bucket only', 0.5, [Infinity], [5], NaN],
  ['no observation', 0.5, [0.1, Infinity], [0, 0], NaN],
  ['no +Inf bucket', 0.5, [0.1, 0.2], [1, 2], NaN],
  ['below 0, even without data', -0.1, [0.1, Infinity], [0, 0], -Infinity],
  ['above 1, even without data', 1.1, [0.1, Infinity], [0, 0], Infinity],
  ['not a number', NaN, [0.1, Infinity], [1, 1], NaN],
];

describe('histogramQuantile', () => {
  it.each(GOLDENS)('%s', (...[, q, bounds, counts, expected]) => {
    const answer = histogramQuantile(q, bounds, counts);
    // toBeCloseTo doesn't know NaN.
    if (Number.isFinite(expected)) expect(answer).toBeCloseTo(expected, 12);
    else expect(answer).toBe(expected);
  });

  it('never falls when q rises', () => {
    const counts = fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 });
    const quantile = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(counts, quantile, quantile, (increments, a, b) => {
        let total = 0;
        const cumulative = increments.map((count) => (total += count));
        const at = (q: number): number => histogramQuantile(q, [1, 2, 4, Infinity], cumulative);
        if (total === 0) return;
        expect(at(Math.min(a, b))).toBeLessThanOrEqual(at(Math.max(a, b)));
      }),
    );
  });

  it('contains the true quantile within its bucket', () => {
    const bounds = [0.1, 0.2, 0.5, 1, Infinity];
    const values = fc.array(fc.double({ min: 0.0001, max: 0.999, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, (observed) => {
        const counts = bounds.map((bound) => observed.filter((value) => value <= bound).length);
        const sorted = [...observed].sort((x, y) => x - y);
        const truth = sorted[Math.ceil(0.5 * sorted.length) - 1] ?? NaN;
        const index = bounds.findIndex((bound) => truth <= bound);
        const answer = histogramQuantile(0.5, bounds, counts);
        expect(answer).toBeLessThanOrEqual(bounds[index] ?? NaN);
        expect(answer).toBeGreaterThanOrEqual(index === 0 ? 0 : (bounds[index - 1] ?? NaN));
      }),
    );
  });
});
