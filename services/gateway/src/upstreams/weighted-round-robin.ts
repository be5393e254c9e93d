/**
 * Smooth weighted round robin: over any run of picks each target gets its share, and heavy ones are
 * spread out instead of coming in bursts. Those that are not available lose their turn.
 */
export class WeightedRoundRobin {
  readonly #weights: readonly number[];
  readonly #current: number[];

  constructor(weights: readonly number[]) {
    this.#weights = weights;
    this.#current = weights.map(() => 0);
  }

  /** Index of the next available one; -1 when none is. Weight 0 is never picked. */
  pick(available: (index: number) => boolean): number {
    let best = -1;
    let bestCurrent = -Infinity;
    let total = 0;
    for (let index = 0; index < this.#weights.length; index += 1) {
      const weight = this.#weights[index] ?? 0;
      if (weight === 0 || !available(index)) continue;
      total += weight;
      const current = (this.#current[index] ?? 0) + weight;
      this.#current[index] = current;
      if (current > bestCurrent) {
        best = index;
        bestCurrent = current;
      }
    }
    if (best >= 0) this.#current[best] = bestCurrent - total;
    return best;
  }
}
