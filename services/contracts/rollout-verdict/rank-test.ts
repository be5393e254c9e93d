import type { Distribution } from './distribution.ts';
import { normalUpperTail } from './normal-tail.ts';

export interface RankTest {
  /** One-sided: how likely so large a shift upwards is if both are alike. */
  readonly pValue: number;
  /**
   * Probability that a draw of the second is greater than one of the first, ties counted half (the
   * common language effect size). 0.5: no difference.
   */
  readonly probabilityGreater: number;
}

/**
 * Whether `second` tends to be greater than `first`: the Mann-Whitney U test with mid-ranks for ties,
 * normal approximation with continuity and tie correction (H. B. Mann, D. R. Whitney 1947; E. L.
 * Lehmann, Nonparametrics, section 1.4). Good from about 20 a side; works on histogram buckets, where
 * all values of a bucket are ties. Equal distributions of one single value give p = 1.
 */
export function rankTest(first: Distribution, second: Distribution): RankTest {
  const [m, n] = [first.size, second.size];
  if (m === 0 || n === 0) return { pValue: 1, probabilityGreater: 0.5 };
  const { u, ties } = countGreater(first, second);
  const total = m + n;
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)));
  const probabilityGreater = u / (m * n);
  if (!(variance > 0)) return { pValue: 1, probabilityGreater };
  const z = (u - (m * n) / 2 - 0.5) / Math.sqrt(variance);
  return { pValue: Math.min(1, normalUpperTail(z)), probabilityGreater };
}

/** U of the second (pairs in which it is greater, ties half) and the sum of t^3 - t over all ties. */
function countGreater(first: Distribution, second: Distribution): { u: number; ties: number } {
  let [i, below, u, ties] = [0, 0, 0, 0];
  const tie = (size: number): void => void (ties += size ** 3 - size);
  second.values.forEach((value, index) => {
    const count = second.counts[index] ?? 0;
    for (; i < first.values.length && (first.values[i] ?? 0) < value; i += 1) {
      below += first.counts[i] ?? 0;
      tie(first.counts[i] ?? 0);
    }
    const equal = first.values[i] === value ? (first.counts[i] ?? 0) : 0;
    u += count * (below + equal / 2);
    tie(count + equal);
    if (equal > 0) {
      below += equal;
      i += 1;
    }
  });
  for (; i < first.values.length; i += 1) tie(first.counts[i] ?? 0);
  return { u, ties };
}
