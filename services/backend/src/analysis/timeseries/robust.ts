/** A value that was not measured is null or NaN. */
export type Sample = number | null;

/** What was measured, ascending. */
export function measured(values: readonly Sample[]): Float64Array {
  return Float64Array.from(values.filter(isMeasured)).sort();
}

export function isMeasured(value: Sample | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** Middle of an ascending list, NaN when it is empty. */
export function medianOfSorted(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

export function median(values: readonly Sample[]): number {
  return medianOfSorted(measured(values));
}

/** Factor that makes a median of absolute deviations the standard deviation of normal noise. */
const NORMAL = 1.4826;

/** Spread that outliers hardly touch: the scaled median absolute deviation. */
export function robustSpread(values: readonly Sample[]): number {
  const middle = median(values);
  return (
    NORMAL * median(values.map((value) => (isMeasured(value) ? Math.abs(value - middle) : null)))
  );
}

/**
 * Spread of the noise alone, whatever the level does: of the differences of neighbours, which a step
 * touches once only. Root 2, since each difference holds the noise of two values.
 */
export function noiseSpread(values: readonly Sample[]): number {
  const present = values.filter(isMeasured);
  const differences = present.slice(1).map((value, i) => value - (present[i] ?? value));
  return robustSpread(differences) / Math.SQRT2;
}

/** Median of what was measured within `half` places of each value. */
export function runningMedian(values: readonly Sample[], half: number): number[] {
  return values.map((_, i) => median(values.slice(Math.max(0, i - half), i + half + 1)));
}

/**
 * What repeats every `period` values: the median of each phase less the median of all; zeros without
 * a period or with fewer than three whole ones, since two points say nothing about what is usual.
 */
export function seasonalPart(values: readonly Sample[], period: number | undefined): number[] {
  if (period === undefined || period < 2 || values.length < 3 * period) return values.map(() => 0);
  const middle = median(values);
  const phases = Array.from({ length: period }, (_, phase) => {
    const usual = median(values.filter((_value, i) => i % period === phase));
    return Number.isFinite(usual) ? usual - middle : 0;
  });
  return values.map((_, i) => phases[i % period] ?? 0);
}
