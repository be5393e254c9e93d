import type { StageTimes } from './inference-metrics.ts';

/** How often something happened and how long it took together. */
export interface Tally {
  readonly count: number;
  readonly ns: number;
}

export interface StatisticsSnapshot {
  readonly inferenceCount: number;
  readonly executionCount: number;
  /** Milliseconds since the epoch; 0 before the first one. */
  readonly lastInference: number;
  readonly success: Tally;
  readonly fail: Tally;
  readonly queue: Tally;
  readonly preprocess: Tally;
  readonly infer: Tally;
}

class Sum {
  count = 0;
  ns = 0;

  add(ms: number): void {
    this.count += 1;
    this.ns += Math.round(ms * 1e6);
  }

  get tally(): Tally {
    return { count: this.count, ns: this.ns };
  }
}

/** What the statistics extension of the protocol tells about one version since it was loaded. */
export class ModelStatistics {
  readonly #success = new Sum();
  readonly #fail = new Sum();
  readonly #queue = new Sum();
  readonly #preprocess = new Sum();
  readonly #infer = new Sum();
  #items = 0;
  #dispatches = 0;
  #last = 0;

  dispatched(items: number): void {
    this.#items += items;
    this.#dispatches += 1;
    this.#last = Date.now();
  }

  succeeded(totalMs: number, { queueMs, tokenizeMs, inferMs }: StageTimes): void {
    this.#success.add(totalMs);
    // All from the cache: no stage of inference took part.
    if (inferMs === 0) return;
    this.#queue.add(queueMs);
    this.#preprocess.add(tokenizeMs);
    this.#infer.add(inferMs);
  }

  failed(totalMs: number): void {
    this.#fail.add(totalMs);
  }

  get snapshot(): StatisticsSnapshot {
    return {
      inferenceCount: this.#items,
      executionCount: this.#dispatches,
      lastInference: this.#last,
      success: this.#success.tally,
      fail: this.#fail.tally,
      queue: this.#queue.tally,
      preprocess: this.#preprocess.tally,
      infer: this.#infer.tally,
    };
  }
}
