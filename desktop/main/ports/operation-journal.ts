import type { Operation } from '../../shared/domain/operation.ts';
import type { TrafficSplit } from '../../shared/domain/traffic.ts';
import type { WantedTraffic } from './deployment-provider.ts';

/** The service as it was before the operation asked the platform for anything. */
export interface ServiceBefore {
  /** Null for a service that nothing served yet. */
  readonly serving: string | null;
  readonly followedLatest: boolean;
}

export interface ShiftProgress {
  readonly wanted: WantedTraffic;
  /** Traffic as it was set before. */
  readonly before: TrafficSplit;
}

/**
 * What an operation has found out and asked for so far. Written down before anything is done with
 * it, so that the next process goes on where this one stopped instead of asking a second time.
 */
export interface Progress {
  /** Name of the platform's build, to follow it again. */
  readonly buildName: string | null;
  /** Image by digest, once there is one. */
  readonly image: string | null;
  readonly before: ServiceBefore | null;
  /** Name of the platform's operation that was running, null before the first call. */
  readonly remoteName: string | null;
  /** The revision that was made, or that traffic moves to; null while that isn't known. */
  readonly revision: string | null;
  /** The shift of traffic that was asked for last, or was about to be. */
  readonly shift: ShiftProgress | null;
}

/** An operation with what is needed to go on with it after a crash. */
export interface JournalEntry {
  readonly operation: Operation;
  /** What was ordered, as its kind writes it; never a secret. Null when it can't be gone on with. */
  readonly order: unknown;
  readonly progress: Progress;
}

/** Nothing was found out and nothing asked for. */
export const NO_PROGRESS: Progress = {
  buildName: null,
  image: null,
  before: null,
  remoteName: null,
  revision: null,
  shift: null,
};

export interface JournalReading {
  /** The newest entry of every operation, oldest operation first. */
  readonly entries: readonly JournalEntry[];
  /** Lines that made no sense and were left out: torn by a crash, or damaged. */
  readonly unreadable: number;
}

/**
 * Append-only record of operations. `write` resolves only when the entry would survive a power cut,
 * so that nothing is asked of a platform before it is written down.
 */
export interface OperationJournal {
  write(entry: JournalEntry): Promise<void>;
  readAll(): Promise<JournalReading>;
}
