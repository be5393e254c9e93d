/**
 * The newest value of something, for any number of watchers. A slow watcher skips values and never
 * sees an old one after a newer one, so that a stream can't grow in memory.
 */
export class Topic<T> {
  #value: T;
  #version = 0;
  readonly #waiting = new Set<() => void>();

  constructor(initial: T) {
    this.#value = initial;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    this.#version += 1;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves at the next `set`, or when the signal is aborted. */
  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        this.#waiting.delete(finish);
        signal.removeEventListener('abort', finish);
        resolve();
      };
      this.#waiting.add(finish);
      signal.addEventListener('abort', finish, { once: true });
      if (signal.aborted) finish();
    });
  }

  /** The value now, then each newer one, until the signal is aborted. */
  async *watch(signal: AbortSignal): AsyncGenerator<T, void> {
    let seen = -1;
    while (!signal.aborted) {
      if (seen === this.#version) {
        await this.changed(signal);
      } else {
        seen = this.#version;
        yield this.#value;
      }
    }
  }
}
