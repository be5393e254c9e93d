import type { Clock } from '../../ports/clock.ts';

interface Sleeper {
  readonly wakeAt: number;
  readonly wake: () => void;
}

export interface ManualClockOptions {
  /** Epoch ms at the start. */
  readonly start?: number;
  /**
   * Whether a sleep moves the time itself and resolves at once: for tests that wait but don't care
   * how long. Default false: time moves by `advance` only.
   */
  readonly hurried?: boolean;
}

/** A clock that tests move by hand. */
export class ManualClock implements Clock {
  readonly #hurried: boolean;
  #now: number;
  #sleepers: Sleeper[] = [];

  constructor(options: ManualClockOptions = {}) {
    this.#now = options.start ?? Date.UTC(2026, 0, 1);
    this.#hurried = options.hurried ?? false;
  }

  now(): number {
    return this.#now;
  }

  /** How many are asleep: a test waits for one before it advances. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#hurried) {
      this.#now += ms;
      await letOthersRun();
      signal?.throwIfAborted();
      return;
    }
    if (ms <= 0) return;
    await this.#sleepUntil(this.#now + ms, signal);
  }

  /** Moves the time forward and wakes whoever is due, in the order in which they are due. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (let next = this.#due(end); next !== undefined; next = this.#due(end)) {
      this.#now = next.wakeAt;
      next.wake();
      await letOthersRun();
    }
    this.#now = end;
    await letOthersRun();
  }

  #due(end: number): Sleeper | undefined {
    return this.#sleepers
      .filter((sleeper) => sleeper.wakeAt <= end)
      .sort((a, b) => a.wakeAt - b.wakeAt)[0];
  }

  #sleepUntil(wakeAt: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (act: () => void): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        signal?.removeEventListener('abort', onAbort);
        act();
      };
      const onAbort = (): void => finish(() => reject(asError(signal?.reason)));
      const sleeper: Sleeper = { wakeAt, wake: () => finish(resolve) };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}

/** Gives every promise that was just settled the time to run what hangs on it. */
function letOthersRun(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
