import type { Sample } from './run-inputs.ts';

export interface MemoryGrowth {
  /** Median of the second tenth of the run (the first one warms up) and of its last tenth. */
  before: number;
  after: number;
  perMillion: number;
}

/** How resident memory grew while inputs came. */
export function memoryGrowth(samples: readonly Sample[]): MemoryGrowth {
  const tenth = Math.max(1, Math.floor(samples.length / 10));
  const early = samples.slice(tenth, 2 * tenth);
  const late = samples.slice(-tenth);
  const [before, after] = [middle(early), middle(late)];
  const inputs = (late[0]?.done ?? 0) - (early[0]?.done ?? 0);
  const perMillion = inputs > 0 ? ((after - before) / inputs) * 1_000_000 : 0;
  return { before, after, perMillion };
}

function middle(samples: readonly Sample[]): number {
  const sorted = samples.map(({ rssMb }) => rssMb).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
