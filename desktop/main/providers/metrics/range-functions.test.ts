import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counted, increase, indexAfter, rate } from './range-functions.ts';

const every = (
  ms: number,
  values: readonly number[],
  start = 0,
): { times: number[]; values: number[] } => ({
  times: values.map((_, index) => start + index * ms),
  values: [...values],
});

describe('increase', () => {
  it('extrapolates to both edges when the samples are close to them', () => {
    // Samples at 1..4 s in (0, 5]: 3 grown over 3 s, both edges 1 s away.
    expect(increase(every(1000, [10, 11, 12, 13], 1000), 5000, 5000)).toBeCloseTo(5, 12);
  });

  it('adds back what a reset took away', () => {
    expect(increase(every(1000, [8, 10, 1, 3], 1000), 4000, 4000)).toBeCloseTo(5 * (4 / 3), 12);
  });

  it('clamps after the threshold: the counter began inside the window (v3)', () => {
    // First sample 0 at 6 s of (0, 10]: nothing can have happened before it.
    const samples = every(1000, [0, 2, 4, 6, 8], 6000);
    expect(increase(samples, 10_000, 10_000)).toBeCloseTo(8, 12);
  });

  it('goes half an interval beyond when the edge is further than 1.1 intervals', () => {
    const samples = every(1000, [100, 102, 104], 3000);
    expect(increase(samples, 10_000, 10_000)).toBeCloseTo(4 * ((2 + 0.5 + 0.5) / 2), 12);
  });

  it('excludes the left edge and includes the right one', () => {
    const samples = every(1000, [0, 1, 2]);
    expect(increase(samples, 2000, 2000)).toBeCloseTo(2, 12);
    expect(increase(samples, 2000, 1000)).toBeNull();
  });

  it('gives no value, not zero, for fewer than two samples', () => {
    expect(increase(every(1000, [5]), 1000, 5000)).toBeNull();
    expect(increase({ times: [], values: [] }, 1000, 5000)).toBeNull();
  });

  it('is never negative for a counter, whatever it does', () => {
    const values = fc.array(fc.nat(1_000_000), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1000, max: 90_000 }), (samples, rangeMs) => {
        const grown = increase(every(1000, samples), 60_000, rangeMs);
        if (grown !== null) expect(grown).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('rate', () => {
  it('is the increase per second of the range', () => {
    expect(rate(every(1000, [10, 13, 16, 19], 1000), 4000, 4000)).toBeCloseTo(3, 12);
  });
});

describe('counted', () => {
  it('adds up: neighbouring spans give exactly what was counted in all', () => {
    const increments = fc.array(fc.nat(50), { minLength: 10, maxLength: 40 });
    fc.assert(
      fc.property(increments, fc.integer({ min: 1, max: 9 }), (steps, cut) => {
        let total = 0;
        const samples = every(1000, [0, ...steps.map((step) => (total += step))]);
        const end = steps.length * 1000;
        const parts =
          (counted(samples, 0, cut * 1000) ?? 0) + (counted(samples, cut * 1000, end) ?? 0);
        expect(parts).toBe(total);
      }),
    );
  });
});

describe('indexAfter', () => {
  it('finds the first later time', () => {
    expect([0, 1, 2, 5, 6].map((limit) => indexAfter([1, 2, 2, 5], limit))).toEqual([
      0, 1, 3, 4, 4,
    ]);
  });
});
