import { absence, quantileMs, readWindow } from './request-reading.ts';
import type { RequestSelection } from './request-reading.ts';
import type { SeriesStore } from './series-store.ts';

export interface SparkShape {
  readonly stepSeconds: number;
  readonly points: number;
}

/** p95 over the last minutes on a grid, each point computed once when its time has come. */
export class SparkLine {
  readonly #store: SeriesStore;
  readonly #shape: SparkShape;
  #values: (number | null)[] = [];
  #lastTime = -Infinity;

  constructor(store: SeriesStore, shape: SparkShape) {
    this.#store = store;
    this.#shape = shape;
  }

  /** Values in milliseconds, oldest first, null where there was no traffic or no scrape. */
  read(selection: RequestSelection, untilMs: number): readonly (number | null)[] {
    const { stepSeconds, points } = this.#shape;
    const last = Math.floor(untilMs / 1000 / stepSeconds) * stepSeconds;
    const oldest = last - (points - 1) * stepSeconds;
    for (
      let time = Math.max(this.#lastTime + stepSeconds, oldest);
      time <= last;
      time += stepSeconds
    )
      this.#values.push(this.#valueAt(selection, time * 1000));
    this.#lastTime = last;
    this.#values = this.#values.slice(-points);
    return this.#values;
  }

  #valueAt(selection: RequestSelection, endMs: number): number | null {
    const rangeMs = this.#shape.stepSeconds * 1000;
    const span = { fromMs: endMs - rangeMs, endMs };
    if (absence(this.#store, selection.instances, span) !== null) return null;
    return quantileMs(0.95, readWindow(selection.durations, endMs, rangeMs));
  }
}
