import { emptySample, internBounds, nextSample } from './histogram-sample.ts';
import type { HistogramSeries } from './metric-series.ts';

/** Collects the lines of one histogram during a scrape and makes one sample of them. */
export class HistogramDraft {
  readonly series: HistogramSeries;
  /** Bounds and counts in the order in which the target writes them. */
  readonly #written: number[] = [];
  readonly #counts: number[] = [];
  #seen = 0;
  #sum = 0;
  #layout: { bounds: readonly number[]; order: readonly number[] } = { bounds: [], order: [] };

  constructor(series: HistogramSeries) {
    this.series = series;
  }

  /** Slot of a bucket; the same bound written twice shares one and is summed, as `le` is a number. */
  slotOf(bound: number): number {
    const known = this.#written.indexOf(bound);
    if (known >= 0) return known;
    this.#written.push(bound);
    return this.#written.length - 1;
  }

  setBucket(slot: number, count: number): void {
    this.#counts[slot] = (this.#counts[slot] ?? 0) + count;
    this.#seen += 1;
  }

  setSum(sum: number): void {
    this.#sum = sum;
  }

  /**
   * Ends the scrape of `at`. A histogram that wasn't in it gets no sample.
   *
   * @param zeroAt time of the scrape before, when the target answered it without this series: the
   *   series began at zero after it. Null when that isn't known.
   */
  finish(at: number, zeroAt: number | null): void {
    if (this.#seen === 0) return;
    const { bounds, order } = this.#currentLayout();
    const { samples } = this.series;
    const counts = order.map((slot) => this.#counts[slot] ?? 0);
    if (samples.times.length === 0 && zeroAt !== null) samples.push(zeroAt, emptySample(bounds));
    samples.push(at, nextSample(samples.values.at(-1), { bounds, counts, sum: this.#sum }));
    this.#counts.fill(0);
    this.#seen = 0;
  }

  #currentLayout(): { bounds: readonly number[]; order: readonly number[] } {
    if (this.#layout.order.length !== this.#written.length) {
      const order = [...this.#written.keys()].sort(
        (a, b) => (this.#written[a] ?? 0) - (this.#written[b] ?? 0),
      );
      const bounds = internBounds(order.map((slot) => this.#written[slot] ?? NaN));
      this.#layout = { bounds, order };
    }
    return this.#layout;
  }
}
