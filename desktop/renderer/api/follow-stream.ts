/** Opens a stream of main; closing the signal closes main's generator too. */
export type OpenStream<T> = (signal: AbortSignal) => Promise<AsyncIterable<T>>;

/** What a follower hears. A failure is followed by another attempt, a value ends the failure. */
export interface StreamEars<T> {
  readonly value: (value: T) => void;
  readonly failure: (error: unknown) => void;
  /** Nothing can follow this value: when the stream ends after it, it isn't opened again. */
  readonly isLast?: (value: T) => boolean;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;

/** How long to wait before the next attempt after so many failed ones. */
export function retryDelayMs(failures: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1), LONGEST_DELAY_MS);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

async function readAll<T>(
  open: OpenStream<T>,
  onValue: (value: T) => void,
  signal: AbortSignal,
): Promise<void> {
  const stream = await open(signal);
  for await (const value of stream) {
    if (signal.aborted) return;
    onValue(value);
  }
}

async function readAgainAndAgain<T>(
  open: OpenStream<T>,
  ears: StreamEars<T>,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  let isOver = false;
  const onValue = (value: T): void => {
    failures = 0;
    isOver = ears.isLast?.(value) ?? false;
    ears.value(value);
  };
  const hasEnded = (): boolean => isOver;
  while (!signal.aborted) {
    try {
      await readAll(open, onValue, signal);
      if (hasEnded()) return;
      failures = Math.max(1, failures);
    } catch (error) {
      if (isAborted(signal)) return;
      failures += 1;
      ears.failure(error);
    }
    await pause(retryDelayMs(failures), signal);
  }
}

/** A function so that the compiler doesn't remember the answer across an await. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/**
 * Follows a stream for ever: opens it again with back-off when it ends or fails, and holds none
 * while the window is hidden, so that main does no work for a picture that nobody sees.
 *
 * @returns ends it
 */
export function followStream<T>(open: OpenStream<T>, ears: StreamEars<T>): () => void {
  let current: AbortController | null = null;
  const stop = (): void => {
    current?.abort();
    current = null;
  };
  const start = (): void => {
    if (current !== null || document.hidden) return;
    current = new AbortController();
    readAgainAndAgain(open, ears, current.signal).catch(ears.failure);
  };
  const onVisibility = (): void => {
    if (document.hidden) stop();
    else start();
  };
  document.addEventListener('visibilitychange', onVisibility);
  start();
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    stop();
  };
}
