import type { OperationNotes, OperationResult, StageId } from '../../../shared/domain/operation.ts';
import type { RemoteOperation } from '../../ports/deployment-provider.ts';
import type { Progress } from '../../ports/operation-journal.ts';
import type { TargetSession } from '../../ports/target-session.ts';

/** The running operation as its steps see it: they report, it records. */
export interface OperationRun {
  readonly id: string;
  /** Id of the target it began on. */
  readonly target: string;
  /** Of that target, whatever the operator chooses meanwhile. */
  readonly session: TargetSession;
  /** Epoch ms of the operator's confirmation. */
  readonly confirmedAt: number;
  /** What is known and asked for so far; on a resumed operation by the process before this one. */
  readonly progress: Progress;
  /** Writes down what was found out, before anything is done with it. */
  remember(known: Partial<Progress>): Promise<void>;
  /** Aborted by cancel; never after `commit`. */
  readonly signal: AbortSignal;
  /**
   * Runs one stage: its start is journalled before the work. One that an earlier process had done
   * keeps its times; its work then only looks up what came out of it.
   */
  stage<T>(id: StageId, work: () => Promise<T>): Promise<T>;
  skip(id: StageId, why: string): void;
  /** One line under the running stage. */
  detail(text: string): void;
  log(line: string): void;
  /** Writes down the platform's operation before anyone waits for it. */
  follow(remote: RemoteOperation): Promise<void>;
  /** Writes down which revision is made or gets the traffic. */
  aimAt(revision: string): Promise<void>;
  /** What only this kind of operation has, as it was written down last. */
  readonly notes: OperationNotes;
  /** Shows such a part without writing it down: for what a crash may forget. */
  mention(notes: Partial<OperationNotes>): void;
  /** Writes down what only this kind of operation has, before the step that follows from it. */
  note(notes: Partial<OperationNotes>): Promise<void>;
  /** From here on the operation can't be cancelled, which is shown. Throws when it already was. */
  commit(): void;
}

/** What an operation does, from its start to its result. */
export type OperationSteps = (run: OperationRun) => Promise<OperationResult>;
