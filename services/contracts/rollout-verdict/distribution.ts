/**
 * A sample as ascending values with how often each occurred: raw measurements (counts of 1) and the
 * buckets of a histogram alike.
 */
export interface Distribution {
  /** Ascending, distinct, any one unit. */
  readonly values: readonly number[];
  /** Positive integers, one for each value. */
  readonly counts: readonly number[];
  /** Count of values up to each one, itself included. */
  readonly upTo: readonly number[];
  /** Sum of the counts. */
  readonly size: number;
}

/** Raw measurements -> distribution. Values that are not finite are left out. */
export function distributionOf(samples: readonly number[]): Distribution {
  const sorted = Float64Array.from(samples.filter(Number.isFinite)).sort();
  const values: number[] = [];
  const counts: number[] = [];
  for (const value of sorted) {
    const last = values.length - 1;
    if (last >= 0 && values[last] === value) counts[last] = (counts[last] ?? 0) + 1;
    else {
      values.push(value);
      counts.push(1);
    }
  }
  return withCumulative(values, counts);
}

function withCumulative(values: number[], counts: number[]): Distribution {
  let size = 0;
  const upTo = counts.map((count) => (size += count));
  return { values, counts, upTo, size };
}

/**
 * Values and how often each occurred, in any order, a value any number of times -> distribution.
 * For a histogram give each bucket's representative value with the bucket's own (not cumulative) count.
 */
export function distributionFrom(
  pairs: Iterable<readonly [value: number, count: number]>,
): Distribution {
  const byValue = new Map<number, number>();
  for (const [value, count] of pairs) {
    const whole = Math.round(count);
    if (Number.isFinite(value) && whole > 0) byValue.set(value, (byValue.get(value) ?? 0) + whole);
  }
  const entries = [...byValue].sort(([a], [b]) => a - b);
  return withCumulative(
    entries.map(([value]) => value),
    entries.map(([, count]) => count),
  );
}

/**
 * The value at rank ceil(q * size), the nearest-rank quantile; NaN for an empty distribution.
 * @param q from 0 to 1
 */
export function quantile({ values, upTo, size }: Distribution, q: number): number {
  const rank = Math.max(1, Math.ceil(q * size));
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((upTo[middle] ?? 0) < rank) low = middle + 1;
    else high = middle;
  }
  return values[low] ?? Number.NaN;
}

/** How many are greater than `limit`. */
export function countAbove({ values, counts }: Distribution, limit: number): number {
  let above = 0;
  for (let i = values.length - 1; i >= 0 && (values[i] ?? limit) > limit; i -= 1) {
    above += counts[i] ?? 0;
  }
  return above;
}

/** Both together. */
export function pooled(a: Distribution, b: Distribution): Distribution {
  const pairs = ({ values, counts }: Distribution): [number, number][] =>
    values.map((value, index) => [value, counts[index] ?? 0]);
  return distributionFrom([...pairs(a), ...pairs(b)]);
}
