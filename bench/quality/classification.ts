import { applyHead } from '../../services/backend/src/analysis/classify/apply-head.ts';
import { trainHead } from '../../services/backend/src/analysis/classify/train-head.ts';
import { toPlainText } from '../../services/backend/src/classification/heads.ts';
import { cosine } from '../../services/backend/src/inference/cosine.ts';
import { seeded } from '../../services/backend/src/testing/simulated-overload.ts';
import { FOREIGN_LINES, LABELLED_LINES } from './log-lines.ts';
import type { Embed } from './text-quality.ts';

/** As the route's default. */
const MIN_CONFIDENCE = 0.45;

export interface Classification {
  /** Share of unseen lines labelled rightly when a label must be given. */
  readonly accuracy: number;
  /** The same of the label whose mean vector is nearest. */
  readonly nearestMean: number;
  /** Of the labels given at the default confidence, the share that is right. */
  readonly precision: number;
  /** Share of unseen lines that get a label then. */
  readonly coverage: number;
  /** Share of lines of no label that get none. */
  readonly foreignRefused: number;
  readonly samples: number;
}

interface Line {
  readonly vector: Float32Array;
  readonly label: number;
}

/** Learns from `perLabel` random lines a label and labels the rest, over several draws. */
export async function measureClassification(
  embed: Embed,
  { perLabel, draws }: { readonly perLabel: number; readonly draws: number },
): Promise<Classification> {
  const labels = Object.keys(LABELLED_LINES);
  const lines: Line[] = [];
  for (const [label, name] of labels.entries()) {
    const vectors = await embed((LABELLED_LINES[name] ?? []).map(toPlainText));
    lines.push(...vectors.map((vector) => ({ vector, label })));
  }
  const foreign = await embed(FOREIGN_LINES.map(toPlainText));
  const sum = { right: 0, nearest: 0, given: 0, rightGiven: 0, tested: 0, refused: 0 };
  for (let seed = 1; seed <= draws; seed += 1) {
    const { taught, rest } = draw(lines, perLabel, seeded(seed));
    const head = trainHead({
      vectors: taught.map(({ vector }) => vector),
      labels: taught.map(({ label }) => label),
      classes: labels.length,
    });
    const means = labels.map((_, label) => meanOf(taught.filter((line) => line.label === label)));
    const odds = applyHead({ vectors: rest.map(({ vector }) => vector), head });
    rest.forEach(({ vector, label }, i) => {
      const { best, confidence } = top(odds[i] ?? []);
      const nearest = top(means.map((mean) => cosine(mean, vector))).best;
      const given = confidence >= MIN_CONFIDENCE;
      sum.tested += 1;
      sum.right += Number(best === label);
      sum.nearest += Number(nearest === label);
      sum.given += Number(given);
      sum.rightGiven += Number(given && best === label);
    });
    for (const row of applyHead({ vectors: foreign, head })) {
      sum.refused += Number(top(row).confidence < MIN_CONFIDENCE);
    }
  }
  return {
    accuracy: sum.right / sum.tested,
    nearestMean: sum.nearest / sum.tested,
    precision: sum.rightGiven / Math.max(1, sum.given),
    coverage: sum.given / sum.tested,
    foreignRefused: sum.refused / (draws * foreign.length),
    samples: sum.tested,
  };
}

function draw(
  lines: readonly Line[],
  perLabel: number,
  random: () => number,
): { taught: Line[]; rest: Line[] } {
  const shuffled = lines.map((line) => ({ line, at: random() })).sort((a, b) => a.at - b.at);
  const taken = new Map<number, number>();
  const taught: Line[] = [];
  const rest: Line[] = [];
  for (const { line } of shuffled) {
    const count = taken.get(line.label) ?? 0;
    taken.set(line.label, count + 1);
    (count < perLabel ? taught : rest).push(line);
  }
  return { taught, rest };
}

function top(scores: readonly number[]): { best: number; confidence: number } {
  const confidence = Math.max(...scores);
  return { best: scores.indexOf(confidence), confidence };
}

function meanOf(lines: readonly Line[]): Float64Array {
  const mean = new Float64Array(lines[0]?.vector.length ?? 0);
  for (const { vector } of lines) {
    vector.forEach((value, d) => (mean[d] = (mean[d] ?? 0) + value / lines.length));
  }
  return mean;
}
