/**
 * Prometheus 3's `increase` and `rate` (metrics facts, 2.1). A window is left-open, `(end - range,
 * end]`; fewer than two samples give no value, which is not 0. Times are in milliseconds.
 */

/** Where the samples of a series lie in a window. */
export interface SampledWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Number of samples, at least 2. */
  readonly samples: number;
}

/**
 * Extrapolates what a counter grew between its first and last sample to the whole window.
 *
 * @param first the first sample's value: a counter can't have been below zero before it
 * @param raw last - first, plus what resets took away in between
 */
export function extrapolate(window: SampledWindow, first: number, raw: number): number {
  const span = window.lastMs - window.firstMs;
  const gap = span / (window.samples - 1);
  const threshold = gap * 1.1;
  let toStart = window.firstMs - window.startMs;
  let toEnd = window.endMs - window.lastMs;
  if (toStart >= threshold) toStart = gap / 2;
  // v3 order: the clamp comes after the threshold.
  if (raw > 0 && first >= 0) toStart = Math.min(toStart, span * (first / raw));
  if (toEnd >= threshold) toEnd = gap / 2;
  return raw * ((span + toStart + toEnd) / span);
}

/** Index of the first time that is greater than `limit`; times ascend. */
export function indexAfter(times: readonly number[], limit: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Infinity) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface Samples {
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** `increase(x[range])` at `endMs`, or null without two samples. */
export function increase(samples: Samples, endMs: number, rangeMs: number): number | null {
  const from = indexAfter(samples.times, endMs - rangeMs);
  const to = indexAfter(samples.times, endMs);
  if (to - from < 2) return null;
  const first = samples.values[from] ?? NaN;
  const raw = growth(samples.values, from, to);
  return extrapolate(windowOf(samples.times, { from, to }, { endMs, rangeMs }), first, raw);
}

/** `rate(x[range])` per second. */
export function rate(samples: Samples, endMs: number, rangeMs: number): number | null {
  const grown = increase(samples, endMs, rangeMs);
  return grown === null ? null : grown / (rangeMs / 1000);
}

/**
 * What was really counted between the newest scrapes at or before two times, without extrapolation.
 * A series that began in between is counted from its first sample. Null without two samples.
 */
export function counted(samples: Samples, startMs: number, endMs: number): number | null {
  const from = Math.max(0, indexAfter(samples.times, startMs) - 1);
  const to = indexAfter(samples.times, endMs);
  return to - from < 2 ? null : growth(samples.values, from, to);
}

/** last - first of `[from, to)`, adding back what every reset took away. */
export function growth(values: readonly number[], from: number, to: number): number {
  let previous = values[from] ?? NaN;
  let resets = 0;
  for (let index = from + 1; index < to; index += 1) {
    const value = values[index] ?? NaN;
    if (value < previous) resets += previous;
    previous = value;
  }
  return previous - (values[from] ?? NaN) + resets;
}

/** The window of the samples `[from, to)`. */
export function windowOf(
  times: readonly number[],
  range: { readonly from: number; readonly to: number },
  at: { readonly endMs: number; readonly rangeMs: number },
): SampledWindow {
  return {
    startMs: at.endMs - at.rangeMs,
    endMs: at.endMs,
    firstMs: times[range.from] ?? NaN,
    lastMs: times[range.to - 1] ?? NaN,
    samples: range.to - range.from,
  };
}
