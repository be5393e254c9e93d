/** Wakes everyone who waits for the next scrape pass. One who was busy meanwhile misses nothing. */
export class PassBell {
  #count = 0;
  #closed = false;
  readonly #waiting = new Set<() => void>();

  ring(): void {
    this.#count += 1;
    this.#wakeAll();
  }

  /** Ends every iteration. */
  close(): void {
    this.#closed = true;
    this.#wakeAll();
  }

  /** Once at the start, then once per pass (several that were missed count as one). */
  async *rings(signal: AbortSignal): AsyncGenerator<void, void, undefined> {
    let seen = this.#count;
    while (!this.#isOver(signal)) {
      yield;
      if (seen === this.#count && !this.#isOver(signal)) await this.#next(signal);
      seen = this.#count;
    }
  }

  #isOver(signal: AbortSignal): boolean {
    return this.#closed || signal.aborted;
  }

  #next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  #wakeAll(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
