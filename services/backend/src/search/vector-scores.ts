const SLICE = 2_000;

/** Lets the event loop answer others between two slices of a long scan. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * How near each document is to a query, in standard deviations from the mean nearness (0 for a
 * document without a vector). Vectors are of unit length and centred on the corpus' mean first:
 * what all documents have in common says nothing about any of them.
 */
export async function vectorScores(
  query: Float32Array,
  vectors: readonly (Float32Array | null)[],
  mean: Float32Array,
): Promise<Float64Array> {
  const dots = new Float64Array(vectors.length);
  const common = dot(query, mean);
  let [count, sum, squares] = [0, 0, 0];
  for (let from = 0; from < vectors.length; from += SLICE) {
    if (from > 0) await breathe();
    for (let i = from; i < Math.min(from + SLICE, vectors.length); i += 1) {
      const vector = vectors[i];
      if (!vector) continue;
      const nearness = dot(query, vector) - common;
      dots[i] = nearness;
      count += 1;
      sum += nearness;
      squares += nearness * nearness;
    }
  }
  const average = sum / Math.max(1, count);
  const spread = Math.sqrt(Math.max(0, squares / Math.max(1, count) - average ** 2)) || 1;
  return dots.map((nearness, i) => (vectors[i] ? (nearness - average) / spread : 0));
}

/** Mean of all vectors that are there; zeros when there are none. */
export function meanVector(vectors: readonly (Float32Array | null)[], dims: number): Float32Array {
  const sum = new Float64Array(dims);
  let count = 0;
  for (const vector of vectors) {
    if (!vector) continue;
    count += 1;
    for (let i = 0; i < dims; i += 1) sum[i] = (sum[i] ?? 0) + (vector[i] ?? 0);
  }
  return Float32Array.from(sum, (value) => value / Math.max(1, count));
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
