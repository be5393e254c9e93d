import type { HistogramSample } from './histogram-sample.ts';
import { extrapolate, indexAfter, windowOf } from './range-functions.ts';

export interface HistogramSamples {
  readonly times: readonly number[];
  readonly values: readonly HistogramSample[];
}

/** Cumulative counts over some bounds. */
export interface Buckets {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/** `increase(x_bucket[range])` of every bucket at `endMs`, or null without two samples. */
export function histogramIncrease(
  samples: HistogramSamples,
  endMs: number,
  rangeMs: number,
): Buckets | null {
  const from = indexAfter(samples.times, endMs - rangeMs);
  const to = indexAfter(samples.times, endMs);
  const first = samples.values[from];
  if (to - from < 2 || first === undefined) return null;
  const grown = growthBetween(samples.values, from, to - 1);
  const window = windowOf(samples.times, { from, to }, { endMs, rangeMs });
  const counts = grown.counts.map((raw, index) =>
    raw === 0 ? 0 : extrapolate(window, first.counts[index] ?? 0, raw),
  );
  return { bounds: grown.bounds, counts };
}

/**
 * What was really counted between the newest scrapes at or before two times: no extrapolation, so
 * that the columns of a heat map add up to the requests. A series that began in between is counted
 * from its first sample. Null without two samples.
 */
export function countedBetween(
  samples: HistogramSamples,
  startMs: number,
  endMs: number,
): Buckets | null {
  const from = Math.max(0, indexAfter(samples.times, startMs) - 1);
  const to = indexAfter(samples.times, endMs) - 1;
  return to <= from ? null : growthBetween(samples.values, from, to);
}

/** Growth from sample `from` to sample `to` with every reset added back. */
function growthBetween(values: readonly HistogramSample[], from: number, to: number): Buckets {
  const first = values[from];
  const last = values[to];
  if (first === undefined || last === undefined) return { bounds: [], counts: [] };
  if (first.resets === last.resets) {
    return { bounds: last.bounds, counts: difference(last.counts, first.counts) };
  }
  const total = last.bounds.map(() => 0);
  for (let index = from + 1; index <= to; index += 1) {
    const before = values[index - 1];
    const now = values[index];
    // Buckets that were cut differently can't be compared: what they counted before is left out.
    if (before?.bounds !== last.bounds || now === undefined) continue;
    addStep(total, before, now);
  }
  return { bounds: last.bounds, counts: total };
}

function addStep(total: number[], before: HistogramSample, now: HistogramSample): void {
  const base = now.resets === before.resets ? before.counts : [];
  for (let index = 0; index < total.length; index += 1) {
    total[index] = (total[index] ?? 0) + (now.counts[index] ?? 0) - (base[index] ?? 0);
  }
}

function difference(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, index) => value - (b[index] ?? 0));
}

/** Sums buckets of several series: buckets first, quantiles last (metrics facts, 2.2). */
export class BucketSum {
  #bounds: readonly number[] = [];
  #counts: number[] = [];

  add(buckets: Buckets): void {
    if (this.#counts.length === 0) {
      this.#bounds = buckets.bounds;
      this.#counts = [...buckets.counts];
    } else if (this.#bounds === buckets.bounds) {
      buckets.counts.forEach((count, index) => {
        this.#counts[index] = (this.#counts[index] ?? 0) + count;
      });
    } else {
      this.#merge(buckets);
    }
  }

  /** The +Inf bucket: how many observations there were. */
  get total(): number {
    return this.#counts.at(-1) ?? 0;
  }

  get bounds(): readonly number[] {
    return this.#bounds;
  }

  get counts(): readonly number[] {
    return this.#counts;
  }

  /** `sum by (le)` over different bounds: every bound sums those series that have it. */
  #merge(buckets: Buckets): void {
    const sums = new Map(this.#bounds.map((bound, index) => [bound, this.#counts[index] ?? 0]));
    buckets.bounds.forEach((bound, index) => {
      sums.set(bound, (sums.get(bound) ?? 0) + (buckets.counts[index] ?? 0));
    });
    this.#bounds = [...sums.keys()].sort((a, b) => a - b);
    this.#counts = this.#bounds.map((bound) => sums.get(bound) ?? 0);
  }
}
