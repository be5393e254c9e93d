/** A classic histogram at one scrape, as one sample instead of one series per bucket. */
export interface HistogramSample {
  /** Upper bounds, ascending; equal bounds are the same object, so that comparing is cheap. */
  readonly bounds: readonly number[];
  /** Cumulative counts, one per bound. */
  readonly counts: readonly number[];
  readonly sum: number;
  /** How often the counts fell since the series began: between equal numbers there is no reset. */
  readonly resets: number;
}

const internedBounds = new Map<string, readonly number[]>();

/** The one object for these bounds. Bounds come from service code: there are only a few kinds. */
export function internBounds(bounds: readonly number[]): readonly number[] {
  const key = bounds.join(' ');
  const known = internedBounds.get(key);
  if (known !== undefined) return known;
  internedBounds.set(key, bounds);
  return bounds;
}

/** The next sample of a series: the previous object itself when nothing was observed since. */
export function nextSample(
  previous: HistogramSample | undefined,
  scraped: Omit<HistogramSample, 'resets'>,
): HistogramSample {
  if (previous === undefined) return { ...scraped, resets: 0 };
  if (previous.bounds !== scraped.bounds) return { ...scraped, resets: previous.resets + 1 };
  let changed = previous.sum !== scraped.sum;
  let fell = false;
  for (let index = 0; index < scraped.counts.length; index += 1) {
    const before = previous.counts[index] ?? 0;
    const now = scraped.counts[index] ?? 0;
    if (now !== before) changed = true;
    if (now < before) fell = true;
  }
  if (!changed) return previous;
  return { ...scraped, resets: previous.resets + (fell ? 1 : 0) };
}

/** A sample of the same shape before anything was observed. */
export function emptySample(bounds: readonly number[]): HistogramSample {
  return { bounds, counts: bounds.map(() => 0), sum: 0, resets: 0 };
}
