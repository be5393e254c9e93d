import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addBuckets,
  bucketOf,
  emptyBuckets,
  quantileOf,
  USAGE_BOUNDS_MS,
} from './usage-buckets.ts';

const durations = fc.array(fc.double({ min: 0, max: 9_999, noNaN: true }), { minLength: 1 });

function counted(values: readonly number[]): number[] {
  const buckets = emptyBuckets();
  for (const value of values) buckets[bucketOf(value)] = (buckets[bucketOf(value)] ?? 0) + 1;
  return buckets;
}

describe('latency buckets of usage', () => {
  it('give a quantile that lies in the bucket of the true one', () => {
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.95, 0.99), (values, share) => {
        const sorted = [...values].sort((a, b) => a - b);
        const truth = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
        const at = bucketOf(truth);
        const lower = at === 0 ? 0 : (USAGE_BOUNDS_MS[at - 1] ?? 0);
        const estimate = quantileOf(counted(values), share) ?? Number.NaN;
        expect(estimate).toBeGreaterThanOrEqual(lower);
        expect(estimate).toBeLessThanOrEqual(USAGE_BOUNDS_MS[at] ?? 0);
      }),
    );
  });

  it('add up like the durations themselves', () => {
    fc.assert(
      fc.property(durations, durations, (some, others) => {
        const sum = counted(some);
        addBuckets(sum, counted(others));
        expect(sum).toEqual(counted([...some, ...others]));
      }),
    );
  });

  it('know nothing of nothing, and no more than the last bound', () => {
    expect(quantileOf(emptyBuckets(), 0.99)).toBeNull();
    expect(quantileOf(counted([60_000]), 0.5)).toBe(10_000);
  });
});
