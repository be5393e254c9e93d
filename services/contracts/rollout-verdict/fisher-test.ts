/** How many of a group had the property, and how many there are. */
export interface Share {
  readonly hits: number;
  readonly size: number;
}

/**
 * One-sided p-value of Fisher's exact test: how likely at least `second.hits` are among the second
 * group if the property is as frequent in both (the upper tail of the hypergeometric distribution).
 * (R. A. Fisher, Statistical Methods for Research Workers, section 21.02.)
 *
 * Exact for any size; terms too small to change the sum are not added.
 */
export function fisherTest(first: Share, second: Share): number {
  const hits = first.hits + second.hits;
  const total = first.size + second.size;
  const most = Math.min(hits, second.size);
  if (second.hits <= Math.max(0, hits - first.size)) return 1;
  if (second.hits > most) return 0;
  let term = Math.exp(
    logChoose(second.size, second.hits) +
      logChoose(first.size, first.hits) -
      logChoose(total, hits),
  );
  let sum = term;
  for (let k = second.hits; k < most; k += 1) {
    const missesOfFirst = first.size - hits + k + 1;
    term *= ((second.size - k) * (hits - k)) / ((k + 1) * missesOfFirst);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

const EXACT = 32;
const small: number[] = [0];
for (let n = 1; n <= EXACT; n += 1) small.push((small[n - 1] ?? 0) + Math.log(n));

/** ln(n!): a table, then Stirling's series (Abramowitz and Stegun 6.1.41), error below 1e-12. */
function logFactorial(n: number): number {
  const exact = small[n];
  if (exact !== undefined) return exact;
  const x = n + 1;
  return (
    (x - 0.5) * Math.log(x) -
    x +
    0.5 * Math.log(2 * Math.PI) +
    1 / (12 * x) -
    1 / (360 * x ** 3) +
    1 / (1260 * x ** 5)
  );
}
