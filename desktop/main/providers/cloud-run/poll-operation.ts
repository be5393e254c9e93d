import type { Clock } from '../../ports/clock.ts';
import { DomainError } from '../../ports/domain-error.ts';

/** How an operation is followed. gax would wait up to a minute between polls and has no end (2.6). */
export interface Polling {
  readonly firstMs: number;
  readonly factor: number;
  readonly longestMs: number;
  readonly totalMs: number;
  /** How long the platform may be unreachable in between, for example while it restarts. */
  readonly unreachableMs: number;
}

export const LOCAL_POLLING: Polling = {
  firstMs: 15,
  factor: 1.6,
  longestMs: 1_000,
  totalMs: 10 * 60_000,
  unreachableMs: 10_000,
};

export const REMOTE_POLLING: Polling = {
  firstMs: 500,
  factor: 1.2,
  longestMs: 2_000,
  totalMs: 30 * 60_000,
  unreachableMs: 60_000,
};

export interface Poll<T> {
  readonly polling: Polling;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Asks once: the outcome, or null while there is none. Throws DomainError. */
  readonly ask: () => Promise<T | null>;
  /** What is waited for, for the message of a timeout. */
  readonly subject: string;
}

/** Asks until there is an answer. A platform that is away for a moment doesn't end the waiting. */
export async function pollUntilDone<T>(poll: Poll<T>): Promise<T> {
  const { polling, clock, signal, subject } = poll;
  const deadline = clock.now() + polling.totalMs;
  let lastAnswer = clock.now();
  for (let delay = polling.firstMs; ; delay = Math.min(delay * polling.factor, polling.longestMs)) {
    signal.throwIfAborted();
    const answer = await poll.ask().catch((error: unknown) => away(error));
    if (answer instanceof DomainError) {
      if (clock.now() - lastAnswer > polling.unreachableMs) throw answer;
    } else {
      if (answer !== null) return answer;
      lastAnswer = clock.now();
    }
    if (clock.now() >= deadline) throw tookTooLong(subject, polling.totalMs);
    await clock.sleep(delay, signal);
  }
}

/** A failure that the next poll may not see is an answer of its own; any other one ends it. */
function away(error: unknown): DomainError {
  if (error instanceof DomainError && error.retryable) return error;
  throw error;
}

function tookTooLong(subject: string, totalMs: number): DomainError {
  return new DomainError({
    code: 'TIMEOUT',
    message: `${subject} did not end within ${String(totalMs / 60_000)} minutes.`,
    nextStep: 'Look at the service: the platform may still be working on it.',
  });
}
