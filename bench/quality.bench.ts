import {
  allSlower,
  rollbackShare,
  tailSlower,
} from '../services/contracts/rollout-verdict/simulate-rollouts.ts';
import { join } from 'node:path';
import { figure } from './budgets.ts';
import type { Figure } from './figure.ts';
import { measureClassification } from './quality/classification.ts';
import { startBackend } from './quality/start-backend.ts';
import type { Embed } from './quality/text-quality.ts';
import { measureRetrieval, measureSimilarity } from './quality/text-quality.ts';
import type { BenchOptions } from './subject.ts';

const COMMAND = 'npm run bench -- quality';
const ROOT = join(import.meta.dirname, '..');
/** As the search route's default. */
const VECTOR_WEIGHT = 2;

/** Lines that a head is trained on, for each of nine labels. */
const LINES_PER_LABEL = 4;

async function measureHeads(embed: Embed, draws: number): Promise<readonly Figure[]> {
  const found = await measureClassification(embed, { perLabel: LINES_PER_LABEL, draws });
  const shared = { samples: found.samples, command: COMMAND };
  return [
    figure('quality.classify_accuracy', {
      ...shared,
      value: found.accuracy,
      peers: { 'nearest mean': found.nearestMean },
    }),
    figure('quality.classify_precision', {
      ...shared,
      value: found.precision,
      peers: { 'share that gets a label': found.coverage },
    }),
    figure('quality.classify_foreign_refused', { ...shared, value: found.foreignRefused }),
  ];
}

async function measureTexts(draws: number): Promise<readonly Figure[]> {
  const backend = await startBackend();
  try {
    const shared = { command: COMMAND };
    const heads = await measureHeads(backend.embed, draws);
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
      ...heads,
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
  const texts = await measureTexts(options.smoke ? 1 : 10);
  return [...texts, ...measureVerdict(options.smoke ? 50 : 1_000)];
}
