/** Requests held while no instance can take them, first come first served. */
export class WaitingLine<T> {
  readonly #waiters = new Set<Waiter<T>>();

  get length(): number {
    return this.#waiters.size;
  }

  /** Resolves with the instance that takes the request; rejects when the signal fires. */
  join(signal: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const since = Date.now();
      const waiter: Waiter<T> = { since, resolve, reject, leave: () => undefined };
      const abort = (): void => {
        this.#waiters.delete(waiter);
        reject(
          signal.reason instanceof Error ? signal.reason : new Error('The wait was cancelled.'),
        );
      };
      waiter.leave = (): void => {
        signal.removeEventListener('abort', abort);
      };
      if (signal.aborted) {
        abort();
        return;
      }
      signal.addEventListener('abort', abort, { once: true });
      this.#waiters.add(waiter);
    });
  }

  /** Hands instances to the first waiters for as long as `take` finds one. */
  serve(take: () => T | null): void {
    for (const waiter of this.#waiters) {
      const taken = take();
      if (taken === null) return;
      this.#waiters.delete(waiter);
      waiter.leave();
      waiter.resolve(taken);
    }
  }

  rejectAll(error: Error): void {
    this.rejectSince(Number.POSITIVE_INFINITY, error);
  }

  /** Rejects those who joined at this time or before it. */
  rejectSince(time: number, error: Error): void {
    for (const waiter of [...this.#waiters]) {
      if (waiter.since > time) return;
      this.#waiters.delete(waiter);
      waiter.leave();
      waiter.reject(error);
    }
  }
}

interface Waiter<T> {
  readonly since: number;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
  leave: () => void;
}
