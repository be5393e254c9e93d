/** A machine in memory: instances that start, crash and end on a clock that a test winds. */
import http from 'node:http';
import type { RevisionRecord } from '../src/model/resources.ts';
import { RevisionFailure } from '../src/supervisor/instance-environment.ts';
import type {
  Crash,
  InstanceExit,
  InstanceFactory,
  InstanceState,
  RunningInstance,
} from '../src/supervisor/instance-factory.ts';

/** What a revision's program does, by the template's label `behaviour`. */
export const BEHAVIOURS = [
  'good',
  'slow',
  'crashes',
  'never-ready',
  'no-image',
  'no-secret',
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

const START_MS = {
  good: 20,
  slow: 3_000,
  crashes: 20,
  'never-ready': 4_000,
  'no-image': 0,
  'no-secret': 0,
};
const STOP_MS = 10;

type OnExit = (instance: RunningInstance, exit: InstanceExit) => void;

class FakeInstance implements RunningInstance {
  readonly id: string;
  readonly pid: number;
  readonly port = 0;
  readonly agent = new http.Agent();
  readonly revision: RevisionRecord;
  state: InstanceState = 'starting';
  suspect = false;
  inFlight = 0;
  readyAt = 0;
  idleSince = Date.now();
  readonly #abort = new AbortController();
  readonly #onExit: OnExit;

  constructor(pid: number, revision: RevisionRecord, onExit: OnExit) {
    this.id = `i${pid}`;
    this.pid = pid;
    this.revision = revision;
    this.#onExit = onExit;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  markReady(): void {
    this.state = 'ready';
    this.readyAt = Date.now();
    this.idleSince = this.readyAt;
  }

  begin(): void {
    this.inFlight += 1;
  }

  end(): void {
    this.inFlight -= 1;
    this.idleSince = Date.now();
  }

  async stop(): Promise<void> {
    if (this.state === 'gone') return;
    this.state = 'draining';
    await pause(STOP_MS);
    this.exit(0);
  }

  kill(): void {
    this.exit(null);
  }

  exit(code: number | null): void {
    if (this.state === 'gone') return;
    const expected = this.state === 'draining';
    this.state = 'gone';
    this.#abort.abort();
    this.#onExit(this, { code, signal: code === null ? 'SIGKILL' : null, expected });
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

export interface FakeReports {
  readonly onCrash: (revision: RevisionRecord, crash: Crash) => void;
  readonly onStable: (revision: RevisionRecord) => void;
}

/** The machine outlives local-clouds that crash on it; their instances don't. */
export class FakeMachine {
  /** Nothing can be started while it is. */
  broken = false;
  #running = new Set<FakeInstance>();
  #nextPid = 1;

  running(): readonly FakeInstance[] {
    return [...this.#running];
  }

  /** One instance ends by itself. */
  crash(index: number): void {
    const all = this.running();
    all[index % Math.max(1, all.length)]?.exit(1);
  }

  /** The local cloud that owns them is killed: all of them end, and nobody is told. */
  loseParent(): void {
    this.#running = new Set();
  }

  factory(reports: FakeReports): InstanceFactory {
    const mine = this.#running;
    return {
      ...reports,
      tail: () => ['the last line'],
      watchLiveness: () => undefined,
      untilReady: (instance) => this.#untilReady(instance),
      create: async (revision, onExit) => {
        await pause(1);
        if (behaviourOf(revision) === 'no-secret')
          throw new RevisionFailure({
            reason: 'SECRETS_ACCESS_CHECK_FAILED',
            message: 'A secret is not there.',
          });
        if (this.broken || behaviourOf(revision) === 'no-image')
          throw new RevisionFailure({ reason: 'CONTAINER_MISSING', message: 'It is not there.' });
        const instance = new FakeInstance(this.#nextPid, revision, (gone, exit) => {
          mine.delete(instance);
          onExit(gone, exit);
        });
        this.#nextPid += 1;
        mine.add(instance);
        return instance;
      },
    };
  }

  async #untilReady(instance: RunningInstance): Promise<boolean> {
    if (!(instance instanceof FakeInstance)) return false;
    const behaviour = behaviourOf(instance.revision);
    await pause(START_MS[behaviour]);
    if (behaviour === 'crashes') instance.exit(1);
    return !instance.signal.aborted && behaviour !== 'never-ready';
  }
}

function behaviourOf({ template }: RevisionRecord): Behaviour {
  return BEHAVIOURS.find((name) => name === template.labels?.['behaviour']) ?? 'good';
}
