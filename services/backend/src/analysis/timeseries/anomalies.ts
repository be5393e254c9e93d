import type { Sample } from './robust.ts';
import { isMeasured, median, robustSpread, runningMedian, seasonalPart } from './robust.ts';

export interface AnomalyInput {
  readonly values: readonly Sample[];
  /** Number of values after which things repeat; none when left out. */
  readonly period?: number | undefined;
  /** How many spreads away from usual is an anomaly. Default 6. */
  readonly threshold?: number | undefined;
}

export interface Anomaly {
  readonly index: number;
  readonly value: number;
  /** What would have been usual there. */
  readonly expected: number;
  /** Distance from usual in spreads, signed. */
  readonly score: number;
}

const HALF_WINDOW = 10;
const DEFAULT_THRESHOLD = 6;
/** A spread below this share of the level is rounding, not noise. */
const LEAST_SPREAD = 0.001;

/**
 * Values far from what is usual around them: distance from the running median (and the season) in
 * robust spreads (Hampel's identifier, F. R. Hampel 1974). Steps are not anomalies: the running
 * median follows them; see `findChangePoints`.
 */
export function findAnomalies({ values, period, threshold }: AnomalyInput): Anomaly[] {
  const season = seasonalPart(values, period);
  const level = values.map((value, i) => (isMeasured(value) ? value - (season[i] ?? 0) : null));
  const usual = runningMedian(level, HALF_WINDOW);
  const distance = level.map((value, i) => (value === null ? null : value - (usual[i] ?? value)));
  const spread = Math.max(
    robustSpread(distance),
    LEAST_SPREAD * Math.abs(median(values)),
    Number.MIN_VALUE,
  );
  return distance.flatMap((away, index) => {
    const value = values[index];
    const score = (away ?? 0) / spread;
    if (!isMeasured(value) || Math.abs(score) < (threshold ?? DEFAULT_THRESHOLD)) return [];
    return [{ index, value, expected: value - (away ?? 0), score }];
  });
}
