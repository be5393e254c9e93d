import {
  allSlower,
  rollbackShare,
  tailSlower,
} from '../services/contracts/rollout-verdict/simulate-rollouts.ts';
import { join } from 'node:path';
import { figure } from './budgets.ts';
import type { Figure } from './figure.ts';
import { startBackend } from './quality/start-backend.ts';
import { measureRetrieval, measureSimilarity } from './quality/text-quality.ts';
import type { BenchOptions } from './subject.ts';

const COMMAND = 'npm run bench -- quality';
const ROOT = join(import.meta.dirname, '..');
/** As the search route's default. */
const VECTOR_WEIGHT = 2;

async function measureTexts(): Promise<readonly Figure[]> {
  const backend = await startBackend();
  try {
    const shared = { command: COMMAND };
    const similarity = await measureSimilarity(backend.embed);
    const retrieval = await measureRetrieval(ROOT, backend.embed, VECTOR_WEIGHT);
    return [
      figure('quality.similarity_spearman', { ...shared, value: similarity, samples: 1 }),
      figure('quality.search_mrr', {
        ...shared,
        value: retrieval.hybrid,
        samples: retrieval.sections,
        peers: { 'BM25 alone': retrieval.wordsAlone },
      }),
      figure('quality.search_gain', {
        ...shared,
        value: retrieval.hybrid / retrieval.wordsAlone,
        samples: retrieval.sections,
      }),
    ];
  } finally {
    await backend.stop();
  }
}

function measureVerdict(runs: number): readonly Figure[] {
  const shared = { samples: runs, command: COMMAND };
  const share = (regression: Parameters<typeof rollbackShare>[1]): number =>
    rollbackShare(runs, regression);
  return [
    figure('quality.verdict_false_alarms', { ...shared, value: share({ perArm: 500 }) }),
    figure('quality.verdict_slower', {
      ...shared,
      value: share({ perArm: 500, latency: allSlower(1.3) }),
    }),
    figure('quality.verdict_tail', {
      ...shared,
      value: share({ perArm: 500, latency: tailSlower(2) }),
    }),
    figure('quality.verdict_errors', { ...shared, value: share({ perArm: 500, errors: 0.05 }) }),
  ];
}

/** How good the backend's answers are: on data that ships with the project, or is simulated. */
export async function measureQuality(options: BenchOptions): Promise<readonly Figure[]> {
  return [...(await measureTexts()), ...measureVerdict(options.smoke ? 50 : 1_000)];
}
