import { InferenceError } from '../inference/inference-error.ts';

export interface Patience {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** When whoever waited too long has a chance. */
  readonly retryAfterSeconds?: () => number;
}

/** Waits for work that others may share: the deadline and the client end this wait, not the work. */
export function waitWithin<T>(work: Promise<T>, patience: Patience): Promise<T> {
  const { timeoutMs, signal } = patience;
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const fail = (error: unknown): void => {
      end();
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- passed on as it came
      reject(error);
    };
    const onAbort = (): void => {
      fail(new InferenceError('client_gone', { message: 'the client closed the connection' }));
    };
    const timer = setTimeout(() => {
      const message = `no vectors within ${timeoutMs} ms`;
      const retryAfterSeconds = patience.retryAfterSeconds?.() ?? 1;
      fail(new InferenceError('deadline_exceeded', { message, retryAfterSeconds }));
    }, timeoutMs);
    if (signal?.aborted === true) {
      onAbort();
      return;
    }
    signal?.addEventListener('abort', onAbort, { once: true });
    work.then((value) => {
      end();
      resolve(value);
    }, fail);
  });
}
