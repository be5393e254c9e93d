import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BucketSum, countedBetween, histogramIncrease } from './histogram-range.ts';
import type { HistogramSample } from './histogram-sample.ts';
import { internBounds, nextSample } from './histogram-sample.ts';
import { histogramQuantile } from './histogram-quantile.ts';
import { increase } from './range-functions.ts';

const BOUNDS = internBounds([0.1, 1, Infinity]);

/** Cumulative samples, one a second, of what was observed in each. */
function series(seconds: readonly (readonly [number, number, number])[]): {
  times: number[];
  values: HistogramSample[];
} {
  const totals = [0, 0, 0];
  const values: HistogramSample[] = [];
  for (const observed of seconds) {
    let below = 0;
    const counts = observed.map((count, index) => {
      below += count;
      return (totals[index] = (totals[index] ?? 0) + below);
    });
    values.push(nextSample(values.at(-1), { bounds: BOUNDS, counts, sum: 0 }));
  }
  return { times: values.map((_, index) => index * 1000), values };
}

const second = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9));

describe('histogramIncrease', () => {
  it('is for every bucket what Prometheus’ increase is for its series', () => {
    const window = fc.integer({ min: 1_500, max: 30_000 });
    fc.assert(
      fc.property(fc.array(second, { minLength: 2, maxLength: 30 }), window, (seconds, rangeMs) => {
        const samples = series(seconds);
        const end = samples.times.at(-1) ?? 0;
        const grown = histogramIncrease(samples, end, rangeMs);
        BOUNDS.forEach((_, bucket) => {
          const values = samples.values.map((sample) => sample.counts[bucket] ?? NaN);
          const expected = increase({ times: samples.times, values }, end, rangeMs);
          if (expected === null) expect(grown).toBeNull();
          else expect(grown?.counts[bucket]).toBeCloseTo(expected, 9);
        });
      }),
    );
  });

  it('counts what came after a reset, also in buckets that did not fall', () => {
    const before = nextSample(undefined, { bounds: BOUNDS, counts: [0, 0, 10], sum: 1 });
    const after = nextSample(before, { bounds: BOUNDS, counts: [0, 2, 3], sum: 1 });
    const samples = { times: [0, 1000], values: [before, after] };
    expect(countedBetween(samples, 0, 1000)?.counts).toEqual([0, 2, 3]);
  });

  it('leaves out what can’t be compared when the buckets were cut anew', () => {
    const other = internBounds([0.2, Infinity]);
    const first = nextSample(undefined, { bounds: BOUNDS, counts: [5, 6, 7], sum: 1 });
    const second_ = nextSample(first, { bounds: other, counts: [9, 9], sum: 1 });
    const third = nextSample(second_, { bounds: other, counts: [10, 11], sum: 1 });
    const samples = { times: [0, 1000, 2000], values: [first, second_, third] };
    expect(countedBetween(samples, 0, 2000)).toEqual({ bounds: other, counts: [1, 2] });
  });
});

describe('BucketSum', () => {
  it('gives the quantile of all observations, whichever series they are in', () => {
    const counts = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99));
    const cumulate = ([a, b, c]: readonly [number, number, number]): number[] => [
      a,
      a + b,
      a + b + c,
    ];
    fc.assert(
      fc.property(counts, counts, (one, two) => {
        const sum = new BucketSum();
        sum.add({ bounds: BOUNDS, counts: cumulate(one) });
        sum.add({ bounds: BOUNDS, counts: cumulate(two) });
        const all = cumulate([one[0] + two[0], one[1] + two[1], one[2] + two[2]]);
        expect(histogramQuantile(0.9, sum.bounds, sum.counts)).toBe(
          histogramQuantile(0.9, BOUNDS, all),
        );
      }),
    );
  });

  it('sums different bounds bound by bound, as `sum by (le)` does', () => {
    const sum = new BucketSum();
    sum.add({ bounds: [1, Infinity], counts: [1, 2] });
    sum.add({ bounds: [0.5, 1, Infinity], counts: [3, 4, 5] });
    expect({ bounds: sum.bounds, counts: sum.counts }).toEqual({
      bounds: [0.5, 1, Infinity],
      counts: [3, 5, 7],
    });
    expect(sum.total).toBe(7);
  });
});
