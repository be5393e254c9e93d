import type { RevisionRecord } from '../model/resources.ts';
import type { Instance, InstanceExit } from './instance.ts';
import type { RevisionFailure } from './instance-environment.ts';

export interface Crash {
  readonly failure: RevisionFailure;
  readonly looping: boolean;
}

/** What a revision's supervisor needs from the world: processes, log lines, a place to report. */
export interface InstanceFactory {
  /** Starts a process; rejects with a RevisionFailure when it can't even be started. */
  readonly create: (
    revision: RevisionRecord,
    onExit: (instance: Instance, exit: InstanceExit) => void,
  ) => Promise<Instance>;
  readonly tail: (revision: string) => readonly string[];
  readonly onCrash: (revision: RevisionRecord, crash: Crash) => void;
  readonly onStable: (revision: RevisionRecord) => void;
}
