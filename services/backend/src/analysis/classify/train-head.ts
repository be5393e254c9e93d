/** Labelled vectors of unit length; `labels` are indexes of classes. */
export interface TrainingSet {
  readonly vectors: readonly Float32Array[];
  readonly labels: readonly number[];
  readonly classes: number;
}

/** A linear layer over embeddings: one row of weights and one bias a class. */
export interface LinearHead {
  readonly weights: readonly Float32Array[];
  readonly bias: Float32Array;
}

export interface TrainedHead extends LinearHead {
  /** Share of the examples that heads trained without them label rightly. */
  readonly accuracy: number;
}

const PENALTIES = [0.0003, 0.001, 0.003, 0.01] as const;
const USUAL_PENALTY = 0.001;
const STEPS = 200;
const FOLDS = 5;
/** Above this every penalty would be tried for too long, and it matters less. */
const MANY_EXAMPLES = 160;

/**
 * Trains a multinomial logistic regression with a ridge penalty, classes weighing the same however many
 * examples they have. The penalty is chosen by cross-validation, which also says how good the head is.
 */
export function trainHead(set: TrainingSet): TrainedHead {
  const kernel = innerProducts(set.vectors);
  const candidates = set.labels.length > MANY_EXAMPLES ? [USUAL_PENALTY] : PENALTIES;
  const folds = dealFolds(set);
  const judged = candidates.map((penalty) => crossValidate({ set, kernel, folds }, penalty));
  const best = judged.reduce((a, b) => (b.loss < a.loss ? b : a));
  const all = set.labels.map((_, i) => i);
  const alpha = descend({ set, kernel, members: all }, best.penalty);
  return { ...toHead(set, all, alpha), accuracy: best.accuracy };
}

interface Fold {
  readonly set: TrainingSet;
  readonly kernel: readonly Float64Array[];
  /** Examples that are trained on. */
  readonly members: readonly number[];
}

/** Inner products, with the bias as a constant feature of 1. */
function innerProducts(vectors: readonly Float32Array[]): Float64Array[] {
  return vectors.map((a) =>
    Float64Array.from(vectors, (b) => {
      let sum = 1;
      for (let d = 0; d < a.length; d += 1) sum += (a[d] ?? 0) * (b[d] ?? 0);
      return sum;
    }),
  );
}

/** Deals each class's examples out like cards, so that every fold has of each. */
function dealFolds({ labels, classes }: TrainingSet): number[] {
  const seen = new Array<number>(classes).fill(0);
  return labels.map((label) => {
    const nth = seen[label] ?? 0;
    seen[label] = nth + 1;
    return nth % FOLDS;
  });
}

function crossValidate(
  { set, kernel, folds }: Omit<Fold, 'members'> & { folds: readonly number[] },
  penalty: number,
): { penalty: number; loss: number; accuracy: number } {
  let loss = 0;
  let right = 0;
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const members = folds.flatMap((one, i) => (one === fold ? [] : [i]));
    if (members.length === folds.length) continue;
    const alpha = descend({ set, kernel, members }, penalty);
    folds.forEach((one, i) => {
      if (one !== fold) return;
      const odds = softmax(scoresOf(kernel[i], { members, alpha, classes: set.classes }));
      const label = set.labels[i] ?? 0;
      loss -= Math.log(Math.max(1e-9, odds[label] ?? 0));
      if (odds.indexOf(Math.max(...odds)) === label) right += 1;
    });
  }
  return { penalty, loss, accuracy: right / folds.length };
}

/**
 * Accelerated gradient descent. The weights are a sum of the examples, so their factors are what is
 * searched for: a step costs members squared, however long the vectors are.
 */
function descend({ set, kernel, members }: Fold, penalty: number): Float64Array {
  const { classes, labels } = set;
  const counts = new Array<number>(classes).fill(0);
  for (const member of members)
    counts[labels[member] ?? 0] = (counts[labels[member] ?? 0] ?? 0) + 1;
  const alpha = new Float64Array(members.length * classes);
  const ahead = alpha.slice();
  const before = alpha.slice();
  // No example weighs more than 1, no inner product is above 2, and softmax bends by at most a half.
  const stepSize = 1 / (1 + penalty);
  for (let step = 1; step <= STEPS; step += 1) {
    members.forEach((member, row) => {
      const odds = softmax(scoresOf(kernel[member], { members, alpha: ahead, classes }));
      const label = labels[member] ?? 0;
      const weight = 1 / (classes * Math.max(1, counts[label] ?? 1));
      for (let k = 0; k < classes; k += 1) {
        const at = row * classes + k;
        const slope = weight * ((odds[k] ?? 0) - (k === label ? 1 : 0));
        alpha[at] = (ahead[at] ?? 0) - stepSize * (slope + penalty * (ahead[at] ?? 0));
      }
    });
    const momentum = (step - 1) / (step + 2);
    for (let at = 0; at < alpha.length; at += 1) {
      ahead[at] = (alpha[at] ?? 0) + momentum * ((alpha[at] ?? 0) - (before[at] ?? 0));
    }
    before.set(alpha);
  }
  return alpha;
}

function scoresOf(
  row: Float64Array | undefined,
  of: { members: readonly number[]; alpha: Float64Array; classes: number },
): number[] {
  const { members, alpha, classes } = of;
  const scores = new Array<number>(classes).fill(0);
  members.forEach((member, at) => {
    const likeness = row?.[member] ?? 0;
    for (let k = 0; k < classes; k += 1) {
      scores[k] = (scores[k] ?? 0) + likeness * (alpha[at * classes + k] ?? 0);
    }
  });
  return scores;
}

/** Scores to probabilities. */
export function softmax(scores: readonly number[]): number[] {
  const top = Math.max(...scores);
  const raised = scores.map((score) => Math.exp(score - top));
  const sum = raised.reduce((total, one) => total + one, 0);
  return raised.map((one) => one / sum);
}

function toHead(
  { vectors, classes }: TrainingSet,
  members: readonly number[],
  alpha: Float64Array,
): LinearHead {
  const dims = vectors[0]?.length ?? 0;
  const weights = Array.from({ length: classes }, () => new Float32Array(dims));
  const bias = new Float32Array(classes);
  weights.forEach((row, k) => {
    members.forEach((member, at) => {
      const factor = alpha[at * classes + k] ?? 0;
      bias[k] = (bias[k] ?? 0) + factor;
      vectors[member]?.forEach((value, d) => (row[d] = (row[d] ?? 0) + factor * value));
    });
  });
  return { weights, bias };
}
