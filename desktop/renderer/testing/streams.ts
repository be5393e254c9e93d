import type { Stream } from '../api/client.ts';

/**
 * An async generator in the clothes of the contract library's stream class, which is all that the
 * callers of a fake client use of it.
 */
function asStream<T>(generator: AsyncIteratorObject<T, unknown, void>): Stream<T> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- readers only iterate, and the class itself is behind the wall around the contract library
  return generator as Stream<T>;
}

function ended(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal === undefined) return;
    if (signal.aborted) resolve();
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}

/** Gives the values and then stays open until it is aborted, like a stream with no news. */
export function streamOf<T>(values: readonly T[], signal?: AbortSignal): Promise<Stream<T>> {
  const generate = async function* (): AsyncGenerator<T, void, void> {
    yield* values;
    await ended(signal);
  };
  return Promise.resolve(asStream(generate()));
}

/** Gives a value at once and another each `everyMs` until it is aborted. */
export function ticking<T>(
  make: (tick: number) => T,
  everyMs: number,
  signal?: AbortSignal,
): Promise<Stream<T>> {
  const generate = async function* (): AsyncGenerator<T, void, void> {
    for (let tick = 0; signal?.aborted !== true; tick += 1) {
      yield make(tick);
      await Promise.race([new Promise((wake) => setTimeout(wake, everyMs)), ended(signal)]);
    }
  };
  return Promise.resolve(asStream(generate()));
}

/** Gives the values, then breaks. */
export function breakingAfter<T>(values: readonly T[], error: unknown): Promise<Stream<T>> {
  const generate = async function* (): AsyncGenerator<T, void, void> {
    yield* values;
    await Promise.resolve();
    throw error;
  };
  return Promise.resolve(asStream(generate()));
}
