import { figure } from '../budgets.ts';
import type { Figure } from '../figure.ts';
import { median } from '../figure.ts';
import { AROUND, UNDER_TEST } from '../gateway/stage.ts';
import { askAlone, runBare, startBackend } from './our-backend.ts';

const TOKENS = 16;

interface Round {
  readonly bareMs: number;
  readonly oneMs: number;
  readonly hitMs: number;
}

export interface OneConnectionRun {
  readonly bundle: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly command: string;
}

/**
 * What one request at a time waits for beside the bare model. A shared machine's speed drifts within
 * seconds, and the figure is a small difference of two times: so both are taken right behind each
 * other, in turns of a second, and first one and then the other comes first.
 */
export async function measureOneConnection(run: OneConnectionRun): Promise<readonly Figure[]> {
  const { bundle, rounds, seconds, command } = run;
  // A request goes back and forth between processes, which need not share a processor.
  const { url, child } = await startBackend(bundle, { lanes: 1 });
  const ask = { url, tokens: TOKENS };
  const bare = async (): Promise<number> =>
    (await runBare({ tokens: TOKENS, seconds }, UNDER_TEST)).p50Ms;
  const one = async (): Promise<number> =>
    (await askAlone({ ...ask, seconds, same: false }, AROUND)).p50Ms;
  const measured: Round[] = [];
  try {
    // The JIT has its say first.
    await askAlone({ ...ask, seconds: 1, same: true }, AROUND);
    for (let round = 0; round < rounds; round += 1) {
      const before = round % 2 === 0 ? await bare() : null;
      const oneMs = await one();
      const bareMs = before ?? (await bare());
      const hit = await askAlone({ ...ask, seconds: seconds / 2, same: true }, AROUND);
      measured.push({ bareMs, oneMs, hitMs: hit.p50Ms });
    }
  } finally {
    await child.stop();
  }
  const of = (pick: (round: Round) => number): number | null => median(measured.map(pick));
  const shared = { samples: rounds, command };
  return [
    figure('backend.c1_added_ms', {
      value: of(({ oneMs, bareMs }) => oneMs - bareMs),
      ...shared,
      peers: {
        'backend p50 ms': of(({ oneMs }) => oneMs),
        'bare call p50 ms': of(({ bareMs }) => bareMs),
      },
    }),
    figure('backend.cache_hit_ms', { value: of(({ hitMs }) => hitMs), ...shared, peers: {} }),
  ];
}
