import type { RevisionRecord } from '../model/resources.ts';
import type { InstanceFactory, StopTimes } from './instance-factory.ts';
import { RevisionSupervisor } from './revision-supervisor.ts';
import type { RevisionTimes } from './revision-supervisor.ts';

const TRIM_EVERY_MS = 1000;

/** The supervisors of all revisions that have, or may need, instances. */
export class Fleet {
  readonly #supervisors = new Map<string, RevisionSupervisor>();
  readonly #factory: InstanceFactory;
  readonly #times: RevisionTimes;
  readonly #timer: NodeJS.Timeout;

  constructor(factory: InstanceFactory, times: RevisionTimes) {
    this.#factory = factory;
    this.#times = times;
    this.#timer = setInterval(() => {
      const now = Date.now();
      for (const supervisor of this.#supervisors.values()) supervisor.trim(now);
    }, TRIM_EVERY_MS).unref();
  }

  /** The supervisor of a revision, made when first asked for. */
  of(revision: RevisionRecord): RevisionSupervisor {
    const known = this.#supervisors.get(revision.id);
    if (known !== undefined) return known;
    const made = new RevisionSupervisor(revision, this.#factory, this.#times);
    this.#supervisors.set(revision.id, made);
    return made;
  }

  find(revision: string): RevisionSupervisor | undefined {
    return this.#supervisors.get(revision);
  }

  all(): RevisionSupervisor[] {
    return [...this.#supervisors.values()];
  }

  /** Processes of all instances. */
  pids(): number[] {
    const instances = this.all().flatMap((supervisor) => supervisor.instances());
    return instances.map(({ pid }) => pid);
  }

  async remove(revision: string): Promise<void> {
    const supervisor = this.#supervisors.get(revision);
    this.#supervisors.delete(revision);
    await supervisor?.stop();
  }

  async stop(times?: StopTimes): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.all().map((supervisor) => supervisor.stop(times)));
  }
}
