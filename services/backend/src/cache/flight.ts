import type { EmbedItem } from '../inference/lane-protocol.ts';
import type { CachedVector } from './cached-vector.ts';

export interface FlightResult {
  readonly rows: readonly CachedVector[];
  /** Rows that no cache knew. */
  readonly fresh: readonly number[];
  readonly queueMs: number;
  readonly tokenizeMs: number;
  readonly inferMs: number;
}

/** Texts of one request that nobody knew, on their way; other requests for the same texts join. */
export class Flight {
  readonly keys: string[] = [];
  readonly items: EmbedItem[] = [];
  readonly result: Promise<FlightResult>;
  readonly #cancel = new AbortController();
  #waiters = 0;
  #settled = false;
  #resolve: (result: FlightResult) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor() {
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Those who wait see the failure; when all have left nobody is there to see it.
    this.result.catch(() => undefined);
  }

  /** Fires when everybody has left: then the work is for nobody. */
  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  /** Takes a text in and returns its row. */
  add(key: string, item: EmbedItem): number {
    this.keys.push(key);
    return this.items.push(item) - 1;
  }

  join(): void {
    this.#waiters += 1;
  }

  leave(): void {
    this.#waiters -= 1;
    if (this.#waiters === 0 && !this.#settled) this.#cancel.abort();
  }

  land(result: FlightResult): void {
    this.#settled = true;
    this.#resolve(result);
  }

  crash(error: unknown): void {
    this.#settled = true;
    this.#reject(error);
  }
}
