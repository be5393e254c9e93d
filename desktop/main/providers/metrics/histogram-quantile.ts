/**
 * `histogram_quantile` of Prometheus 3 on classic buckets (metrics facts, 2.2).
 *
 * @param q the wanted quantile, 0..1
 * @param bounds upper bounds, ascending; the last one is +Inf
 * @param counts cumulative counts, one per bound
 */
export function histogramQuantile(
  q: number,
  bounds: ArrayLike<number>,
  counts: ArrayLike<number>,
): number {
  if (!(q >= 0 && q <= 1)) return outside(q);
  const last = bounds.length - 1;
  if (last < 1 || bounds[last] !== Infinity) return NaN;
  const rising = monotonic(counts);
  const total = rising[last] ?? 0;
  if (!(total > 0)) return NaN;
  const rank = q * total;
  const index = rising.findIndex((count) => count >= rank);
  if (index >= last || index < 0) return bounds[last - 1] ?? NaN;
  return within(rank, { index, bounds, counts: rising });
}

/** What is asked for isn't a quantile: answered before the buckets are looked at. */
function outside(q: number): number {
  if (Number.isNaN(q)) return NaN;
  return q < 0 ? -Infinity : Infinity;
}

/** Linear inside the bucket; the lowest one starts at 0 unless its bound isn't positive. */
function within(
  rank: number,
  at: { readonly index: number; readonly bounds: ArrayLike<number>; readonly counts: number[] },
): number {
  const upper = at.bounds[at.index] ?? NaN;
  if (at.index === 0 && upper <= 0) return upper;
  const lower = at.index === 0 ? 0 : (at.bounds[at.index - 1] ?? NaN);
  const below = at.index === 0 ? 0 : (at.counts[at.index - 1] ?? 0);
  const inside = (at.counts[at.index] ?? 0) - below;
  return lower + (upper - lower) * ((rank - below) / inside);
}

/** Scrapes are not atomic and sums not exact: counts must not fall, so take the running maximum. */
function monotonic(counts: ArrayLike<number>): number[] {
  let highest = 0;
  return Array.from(counts, (count, index) => {
    // A relative difference below 1e-12 is rounding of the sums, not an observation.
    const rounding = index > 0 && Math.abs(count - highest) <= 1e-12 * Math.abs(highest);
    if (!rounding && (count > highest || index === 0)) highest = count;
    return highest;
  });
}
