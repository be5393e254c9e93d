import { distributionOf } from '@omni/contracts/rollout-verdict/distribution.ts';
import { rankTest } from '@omni/contracts/rollout-verdict/rank-test.ts';
import type { Sample } from './robust.ts';
import { isMeasured, median, noiseSpread, runningMedian, seasonalPart } from './robust.ts';

export interface ChangePointInput {
  readonly values: readonly Sample[];
  readonly period?: number | undefined;
  /** Changes smaller than this share of the level before are left out. Default 0.05. */
  readonly minEffect?: number | undefined;
}

export interface ChangePoint {
  /** First value of the new level. */
  readonly index: number;
  /** Median of the level before and after, up to the next change. */
  readonly before: number;
  readonly after: number;
  /** Two-sided p-value of a rank test of both levels. */
  readonly pValue: number;
}

const MIN_SEGMENT = 5;
const PENALTY = 4;
const SURE = 0.001;
const CLIP_SPREADS = 4;
const DEFAULT_MIN_EFFECT = 0.05;

/**
 * Where the level changes to stay changed: least squares segments found exactly by pruned dynamic
 * programming (PELT: R. Killick, P. Fearnhead, I. A. Eckley, JASA 107 (2012), p. 1590), each kept
 * only if a rank test and the size of the change say so. Single spikes are clipped first.
 */
export function findChangePoints({ values, period, minEffect }: ChangePointInput): ChangePoint[] {
  const season = seasonalPart(values, period);
  const places = values.flatMap((value, i) => (isMeasured(value) ? [i] : []));
  const raw = places.map((i) => (values[i] ?? 0) - (season[i] ?? 0));
  const clipped = clipSpikes(raw);
  const cuts = segment(clipped, noiseSpread(raw));
  const edges = [0, ...cuts, raw.length];
  return cuts.flatMap((cut, k) => {
    const [first, last] = [raw.slice(edges[k], cut), raw.slice(cut, edges[k + 2])];
    const point = compare(first, last);
    const large =
      Math.abs(point.after - point.before) >=
      (minEffect ?? DEFAULT_MIN_EFFECT) * Math.abs(point.before);
    return large && point.pValue < SURE ? [{ index: places[cut] ?? cut, ...point }] : [];
  });
}

function compare(first: readonly number[], last: readonly number[]): Omit<ChangePoint, 'index'> {
  const [a, b] = [distributionOf(first), distributionOf(last)];
  const pValue = Math.min(1, 2 * Math.min(rankTest(a, b).pValue, rankTest(b, a).pValue));
  return { before: median(first), after: median(last), pValue };
}

/** A spike would pay for a segment of its own. */
function clipSpikes(values: readonly number[]): number[] {
  const usual = runningMedian(values, MIN_SEGMENT);
  const limit = CLIP_SPREADS * noiseSpread(values);
  return values.map((value, i) => {
    const middle = usual[i] ?? value;
    return Math.min(middle + limit, Math.max(middle - limit, value));
  });
}

/** Starts of all segments but the first, by least squares with a penalty for each. */
function segment(values: readonly number[], spread: number): number[] {
  const n = values.length;
  if (n < 2 * MIN_SEGMENT) return [];
  const cost = squaredErrors(values);
  const penalty = PENALTY * Math.log(n) * Math.max(spread ** 2, Number.EPSILON);
  const best = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
  const cameFrom = new Int32Array(n + 1);
  best[0] = -penalty;
  let open = [0];
  for (let end = MIN_SEGMENT; end <= n; end += 1) {
    const totals = open.map((from) => (best[from] ?? 0) + cost(from, end));
    totals.forEach((total, k) => {
      if (total + penalty < (best[end] ?? 0)) {
        best[end] = total + penalty;
        cameFrom[end] = open[k] ?? 0;
      }
    });
    // A start that is worse by more than a penalty can never be part of the best segmentation.
    open = open.filter((_, k) => (totals[k] ?? 0) <= (best[end] ?? 0));
    const next = end - MIN_SEGMENT + 1;
    if (next >= MIN_SEGMENT) open.push(next);
  }
  const cuts: number[] = [];
  for (let at = cameFrom[n] ?? 0; at > 0; at = cameFrom[at] ?? 0) cuts.unshift(at);
  return cuts;
}

/** Sum of squared distances from the mean of any stretch, in constant time by prefix sums. */
function squaredErrors(values: readonly number[]): (from: number, to: number) => number {
  const sums = new Float64Array(values.length + 1);
  const squares = new Float64Array(values.length + 1);
  values.forEach((value, i) => {
    sums[i + 1] = (sums[i] ?? 0) + value;
    squares[i + 1] = (squares[i] ?? 0) + value * value;
  });
  return (from, to) => {
    const sum = (sums[to] ?? 0) - (sums[from] ?? 0);
    return (squares[to] ?? 0) - (squares[from] ?? 0) - (sum * sum) / (to - from);
  };
}
