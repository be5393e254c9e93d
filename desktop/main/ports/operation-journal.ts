import type { Operation } from '../../shared/domain/operation.ts';

/** An operation with what is needed to follow it again after a crash. */
export interface JournalEntry {
  readonly operation: Operation;
  /** Name of the platform's operation that was running, null before the first call. */
  readonly remoteName: string | null;
  /** The revision it makes or moves traffic to, null while that isn't known. */
  readonly revision: string | null;
}

/**
 * Append-only record of operations. `write` resolves only when the entry would survive a power cut,
 * so that nothing is asked of a platform before it is written down.
 */
export interface OperationJournal {
  write(entry: JournalEntry): Promise<void>;
  /** The newest entry of every operation, oldest operation first. */
  readAll(): Promise<readonly JournalEntry[]>;
}
