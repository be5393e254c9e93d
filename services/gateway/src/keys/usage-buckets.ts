/** Upper bounds of the latency buckets of a key's usage, in ms; one more bucket has none. */
export const USAGE_BOUNDS_MS: readonly number[] = [
  1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000,
];

/** One count per bound and one for what is above all of them. */
export function emptyBuckets(): number[] {
  return new Array<number>(USAGE_BOUNDS_MS.length + 1).fill(0);
}

/** The bucket of a duration: the first whose bound it does not exceed. On the request path. */
export function bucketOf(durationMs: number): number {
  let at = 0;
  while (at < USAGE_BOUNDS_MS.length && durationMs > (USAGE_BOUNDS_MS[at] ?? 0)) at += 1;
  return at;
}

/** Adds counts in place. */
export function addBuckets(sum: number[], more: readonly number[]): void {
  for (const [at, count] of more.entries()) sum[at] = (sum[at] ?? 0) + count;
}

/**
 * The quantile by linear interpolation inside its bucket, as Prometheus' `histogram_quantile` does;
 * above the last bound, that bound. Null when nothing was counted.
 */
export function quantileOf(buckets: readonly number[], share: number): number | null {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = share * total;
  let below = 0;
  for (const [at, count] of buckets.entries()) {
    if (below + count >= rank && count > 0) return inBucket(at, (rank - below) / count);
    below += count;
  }
  return USAGE_BOUNDS_MS.at(-1) ?? null;
}

function inBucket(at: number, share: number): number {
  const lower = at === 0 ? 0 : (USAGE_BOUNDS_MS[at - 1] ?? 0);
  const upper = USAGE_BOUNDS_MS[at] ?? lower;
  return lower + (upper - lower) * Math.max(0, share);
}
