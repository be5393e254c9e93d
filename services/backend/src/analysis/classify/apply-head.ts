import type { LinearHead } from './train-head.ts';
import { softmax } from './train-head.ts';

/** The probability of each class for each vector. */
export function applyHead({
  vectors,
  head,
}: {
  readonly vectors: readonly Float32Array[];
  readonly head: LinearHead;
}): number[][] {
  return vectors.map((vector) =>
    softmax(
      head.weights.map((row, k) => {
        let score = head.bias[k] ?? 0;
        for (let d = 0; d < vector.length; d += 1) score += (row[d] ?? 0) * (vector[d] ?? 0);
        return score;
      }),
    ),
  );
}
