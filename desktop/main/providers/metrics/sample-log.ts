/** Samples beyond the limit are cut off in portions, so that a cut costs little per sample. */
const SLACK = 512;

/**
 * Samples of one series, oldest first, at most `limit` (and some slack). A sample that is missing is
 * missing: staleness is never a value (JavaScript can't carry Prometheus' stale NaN, metrics 2.4).
 */
export class SampleLog<V> {
  readonly times: number[] = [];
  readonly values: V[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Appends a sample that is younger than all before it; another is ignored. */
  push(time: number, value: V): void {
    const newest = this.times.at(-1);
    if (newest !== undefined && time <= newest) return;
    this.times.push(time);
    this.values.push(value);
    const excess = this.times.length - this.#limit;
    if (excess < SLACK) return;
    this.times.splice(0, excess);
    this.values.splice(0, excess);
  }
}
