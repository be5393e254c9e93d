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
  /** How long nothing may change at the platform before waiting makes no sense any more. */
  readonly inactiveMs: number;
}

export const LOCAL_POLLING: Polling = {
  firstMs: 15,
  factor: 1.6,
  longestMs: 1_000,
  totalMs: 10 * 60_000,
  unreachableMs: 10_000,
  inactiveMs: 5 * 60_000,
};

export const REMOTE_POLLING: Polling = {
  firstMs: 500,
  factor: 1.2,
  longestMs: 2_000,
  totalMs: 30 * 60_000,
  unreachableMs: 60_000,
  inactiveMs: 10 * 60_000,
};

/** One answer: the outcome, or null while there is none, and what tells one state from the next. */
export interface PollAnswer<T> {
  readonly outcome: T | null;
  readonly mark: string;
}

export interface Poll<T> {
  readonly polling: Polling;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Asks once. Throws DomainError. */
  readonly ask: () => Promise<PollAnswer<T>>;
  /** What is waited for, for the message of a timeout. */
  readonly subject: string;
}

/**
 * Asks until there is an outcome. A platform that is away for a moment doesn't end the waiting; one
 * that answers and doesn't move does, as does the end of all patience (R10).
 */
export async function pollUntilDone<T>(poll: Poll<T>): Promise<T> {
  const { polling, clock, signal, subject } = poll;
  const began = clock.now();
  let lastAnswer = began;
  let lastMove = began;
  let mark: string | null = null;
  for (let delay = polling.firstMs; ; delay = Math.min(delay * polling.factor, polling.longestMs)) {
    signal.throwIfAborted();
    const answer = await poll.ask().catch((error: unknown) => away(error));
    const now = clock.now();
    if (answer instanceof DomainError) {
      if (now - lastAnswer > polling.unreachableMs) throw answer;
    } else {
      if (answer.outcome !== null) return answer.outcome;
      if (answer.mark !== mark) lastMove = now;
      mark = answer.mark;
      lastAnswer = now;
    }
    if (now - began >= polling.totalMs) throw tookTooLong(subject, polling.totalMs);
    if (now - lastMove >= polling.inactiveMs) throw stoodStill(subject, polling.inactiveMs);
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

function stoodStill(subject: string, inactiveMs: number): DomainError {
  return new DomainError({
    code: 'TIMEOUT',
    message: `${subject} has not moved for ${String(inactiveMs / 60_000)} minutes.`,
    nextStep: 'Look at the service: the platform may still be working on it.',
  });
}
