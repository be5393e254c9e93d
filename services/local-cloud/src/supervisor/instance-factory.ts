import type http from 'node:http';
import type { RevisionRecord } from '../model/resources.ts';
import type { ProbePlan } from '../model/template-defaults.ts';
import type { ProbeKind } from './probe.ts';
import type { RevisionFailure } from './instance-environment.ts';

export interface Crash {
  readonly failure: RevisionFailure;
  readonly looping: boolean;
}

export type InstanceState = 'starting' | 'ready' | 'draining' | 'gone';

/** How long requests may finish before SIGTERM, and the process after it. */
export interface StopTimes {
  readonly idleMs: number;
  readonly graceMs: number;
}

export interface InstanceExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** We asked it to stop. */
  readonly expected: boolean;
}

/** One process of a revision as its supervisor and the router see it. */
export interface RunningInstance {
  readonly id: string;
  readonly port: number;
  readonly pid: number;
  readonly agent: http.Agent;
  readonly state: InstanceState;
  /** Fires when the process has gone, so that probes and waiters stop. */
  readonly signal: AbortSignal;
  /** Cut or refused a connection; gets no requests until it is known to live. */
  suspect: boolean;
  readonly inFlight: number;
  /** 0 until it is ready. */
  readonly readyAt: number;
  readonly idleSince: number;
  /** A fault makes its probes fail, whatever the process answers. */
  failsProbe?(kind: ProbeKind): boolean;
  markReady(): void;
  /** A request begins, a request has ended. */
  begin(): void;
  end(): void;
  /** Lets requests finish, then asks it to end, then ends it. Resolves when it is gone. */
  stop(times?: StopTimes): Promise<void>;
  /** At once, without grace. */
  kill(): void;
}

/** What a revision's supervisor needs from the world: processes, log lines, a place to report. */
export interface InstanceFactory {
  /** Starts a process; rejects with a RevisionFailure when it can't even be started. */
  readonly create: (
    revision: RevisionRecord,
    onExit: (instance: RunningInstance, exit: InstanceExit) => void,
  ) => Promise<RunningInstance>;
  /** Resolves with true once the start-up probe passes, with false when it gives up. */
  readonly untilReady: (instance: RunningInstance, probe: ProbePlan) => Promise<boolean>;
  /** Kills a ready instance that stops answering its liveness probe. */
  readonly watchLiveness: (instance: RunningInstance, probe: ProbePlan) => void;
  readonly tail: (revision: string) => readonly string[];
  readonly onCrash: (revision: RevisionRecord, crash: Crash) => void;
  readonly onStable: (revision: RevisionRecord) => void;
}
