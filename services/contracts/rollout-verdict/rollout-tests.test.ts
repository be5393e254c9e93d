import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alphaAtLook } from './alpha-spending.ts';
import { countAbove, distributionFrom, distributionOf, quantile } from './distribution.ts';
import { fisherTest } from './fisher-test.ts';
import { normalUpperTail } from './normal-tail.ts';
import { quantileRatio, quantileRatioInterval } from './quantile-ratio.ts';
import { rankTest } from './rank-test.ts';

const samples = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 40 });

describe('distribution', () => {
  it('has the nearest-rank quantiles of the sorted sample', () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0.001, max: 1, noNaN: true }), (values, q) => {
        const sorted = values.toSorted((a, b) => a - b);
        expect(quantile(distributionOf(values), q)).toBe(
          sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1],
        );
      }),
    );
  });

  it('counts what is above, and is the same from pairs', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: -1, max: 31 }), (values, limit) => {
        const whole = distributionOf(values);
        expect(countAbove(whole, limit)).toBe(values.filter((value) => value > limit).length);
        expect(distributionFrom(values.map((value) => [value, 1] as const))).toEqual(whole);
      }),
    );
  });
});

describe('rankTest', () => {
  it('counts the pairs in which the second is greater, ties half', () => {
    fc.assert(
      fc.property(samples, samples, (first, second) => {
        const pairs = first.flatMap((a) => second.map((b) => (b > a ? 1 : b === a ? 0.5 : 0)));
        const expected = pairs.reduce<number>((sum, pair) => sum + pair, 0) / pairs.length;
        const found = rankTest(distributionOf(first), distributionOf(second));
        expect(found.probabilityGreater).toBeCloseTo(expected, 10);
      }),
    );
  });

  it('agrees with a worked example (R: wilcox.test, alternative greater, exact = FALSE)', () => {
    const first = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const second = [1.15, 0.88, 0.9, 0.74, 1.21];
    // W = 35 for (first, second), p = 0.1223 one-sided by the normal approximation.
    expect(rankTest(distributionOf(second), distributionOf(first)).pValue).toBeCloseTo(0.1223, 3);
  });

  it('finds nothing between equal single values', () => {
    expect(rankTest(distributionOf([5, 5]), distributionOf([5, 5])).pValue).toBe(1);
  });
});

describe('fisherTest', () => {
  it('is the lady tasting tea: 3 of 4 by chance in 17 of 70', () => {
    expect(fisherTest({ hits: 1, size: 4 }, { hits: 3, size: 4 })).toBeCloseTo(17 / 70, 10);
  });

  it('agrees with the sum of all outcomes, counted by the definition', () => {
    const choose = (n: number, k: number): number =>
      k < 0 || k > n ? 0 : k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k;
    const group = fc
      .integer({ min: 1, max: 40 })
      .chain((size) =>
        fc.record({ size: fc.constant(size), hits: fc.integer({ min: 0, max: size }) }),
      );
    fc.assert(
      fc.property(group, group, (first, second) => {
        const hits = first.hits + second.hits;
        let tail = 0;
        for (let k = second.hits; k <= Math.min(hits, second.size); k += 1) {
          tail += choose(second.size, k) * choose(first.size, hits - k);
        }
        const expected = tail / choose(first.size + second.size, hits);
        expect(fisherTest(first, second)).toBeCloseTo(expected, 9);
      }),
    );
  });

  it('holds for millions', () => {
    const p = fisherTest({ hits: 1_000, size: 1_000_000 }, { hits: 1_100, size: 1_000_000 });
    expect(p).toBeGreaterThan(0.01);
    expect(p).toBeLessThan(0.02);
  });
});

describe('normalUpperTail', () => {
  it('has the known values', () => {
    expect(normalUpperTail(0)).toBeCloseTo(0.5, 6);
    expect(normalUpperTail(1.959964)).toBeCloseTo(0.025, 6);
    expect(normalUpperTail(-1.959964)).toBeCloseTo(0.975, 6);
    expect(normalUpperTail(6) / 9.865876e-10).toBeCloseTo(1, 5);
  });
});

describe('alphaAtLook', () => {
  it('spends all of alpha over all looks, little of it early', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (looks) => {
        const levels = Array.from({ length: looks }, (_, i) => alphaAtLook(0.05, i + 1, looks));
        expect(levels.every((level) => level >= 0)).toBe(true);
        expect(levels.reduce((sum, level) => sum + level, 0)).toBeCloseTo(0.05, 6);
        expect(levels[0] ?? 1).toBeLessThanOrEqual(0.05 / looks + 1e-6);
      }),
    );
  });
});

describe('quantileRatio', () => {
  it('encloses the ratio, and narrows with more data', () => {
    const spread = (n: number, by: number): number[] =>
      Array.from({ length: n }, (_, i) => (10 + (i * 90) / n) * by);
    const width = (n: number): number => {
      const found = quantileRatioInterval(
        distributionOf(spread(n, 1)),
        distributionOf(spread(n, 2)),
        0.5,
      );
      if (found === null) throw new Error('no ratio');
      expect(found.low).toBeLessThanOrEqual(found.ratio);
      expect(found.high).toBeGreaterThanOrEqual(found.ratio);
      return found.high - found.low;
    };
    expect(width(4_000)).toBeLessThan(width(200) / 2);
  });

  it('has no ratio to nothing', () => {
    expect(quantileRatio(distributionOf([]), distributionOf([1]), 0.5)).toBeNull();
    expect(quantileRatioInterval(distributionOf([0]), distributionOf([1]), 0.5)).toBeNull();
  });
});
