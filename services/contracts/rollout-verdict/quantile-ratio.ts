import type { Distribution } from './distribution.ts';
import { quantile } from './distribution.ts';

/** A ratio with its 95 % interval. */
export interface RatioInterval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

const DRAWS = 1_000;

/** Quantile of `second` over that of `first`; null when there is none, or nothing to divide by. */
export function quantileRatio(first: Distribution, second: Distribution, q: number): number | null {
  const base = quantile(first, q);
  return base > 0 && second.size > 0 ? quantile(second, q) / base : null;
}

/**
 * That ratio with a bootstrap interval.
 *
 * Nothing is resampled: the k-th smallest of n draws from a sample is that sample's quantile at a
 * rank which is Beta(k, n - k + 1) distributed (H. A. David, Order Statistics, section 2.1), so a
 * draw of that rank is the bootstrap. The same input always gives the same interval.
 */
export function quantileRatioInterval(
  first: Distribution,
  second: Distribution,
  q: number,
): RatioInterval | null {
  const ratio = quantileRatio(first, second, q);
  if (ratio === null) return null;
  const random = seeded(0x9e3779b9);
  const draws = Float64Array.from({ length: DRAWS }, () => {
    const [a, b] = [drawQuantile(first, q, random), drawQuantile(second, q, random)];
    return a > 0 ? b / a : Number.POSITIVE_INFINITY;
  }).sort();
  return {
    ratio,
    low: draws[Math.floor(DRAWS * 0.025)] ?? Number.NaN,
    high: draws[Math.ceil(DRAWS * 0.975) - 1] ?? Number.NaN,
  };
}

function drawQuantile(of: Distribution, q: number, random: () => number): number {
  const rank = Math.max(1, Math.ceil(q * of.size));
  const [a, b] = [drawGamma(rank, random), drawGamma(of.size - rank + 1, random)];
  return quantile(of, a / (a + b));
}

/** Gamma(shape >= 1, 1) by G. Marsaglia and W. W. Tsang, ACM TOMS 26 (2000), p. 363. */
function drawGamma(shape: number, random: () => number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

function drawNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

/** Uniform numbers in (0, 1), the same for the same seed (mulberry32, public domain). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  };
}
