/** A local cloud in memory on a real journal: what drives the property test of the reconciler. */
import fs from 'node:fs';
import path from 'node:path';
import { vi } from 'vitest';
import { LATEST, REVISION } from '../src/model/resources.ts';
import type {
  OperationRecord,
  ServedTarget,
  ServiceSpec,
  Template,
  TrafficTarget,
} from '../src/model/resources.ts';
import { Operations } from '../src/reconcile/operations.ts';
import { Reconciler } from '../src/reconcile/reconciler.ts';
import { recordDeletion, recordWrite } from '../src/reconcile/record-write.ts';
import { resumeOperations } from '../src/reconcile/resume-operations.ts';
import { changedService, cutRevision, newService } from '../src/reconcile/service-writes.ts';
import { StateStore } from '../src/state/state-store.ts';
import { Fleet } from '../src/supervisor/fleet.ts';
import { LogBook } from '../src/supervisor/log-book.ts';
import { createSystemLog } from '../src/system-log.ts';
import type { CallStep, Step } from './cloud-steps.ts';
import { FakeMachine } from './fake-machine.ts';
import type { Behaviour } from './fake-machine.ts';

const WARM_MS = 5_000;
export const REVISION_LIMIT = 4;

/** A local cloud without its API: records, reconciler, fleet, and routers that remember. */
export class FakeCloud {
  readonly store: StateStore;
  readonly fleet: Fleet;
  readonly operations: Operations;
  readonly routed = new Map<string, readonly ServedTarget[]>();
  readonly #open = new Set<string>();
  readonly #reconciler: Reconciler;

  constructor(dir: string, machine: FakeMachine) {
    const { store, keptCopy } = StateStore.open(dir);
    if (keptCopy !== null) throw new Error('The journal was cut within a line.');
    this.store = store;
    this.operations = new Operations(store);
    const factory = machine.factory({
      onCrash: (revision, crash) => {
        this.#reconciler.onCrash(revision, crash);
      },
      onStable: (revision) => {
        this.#reconciler.onStable(revision);
      },
    });
    this.fleet = new Fleet(factory, { warmMs: WARM_MS, idleMs: WARM_MS });
    this.#reconciler = new Reconciler({
      store,
      fleet: this.fleet,
      operations: this.operations,
      logs: new LogBook(),
      log: createSystemLog(() => undefined),
      revisionLimit: REVISION_LIMIT,
      routers: {
        open: (id) => {
          // One address is enough: a second listener would never be closed.
          if (this.#open.has(id)) throw new Error(`The address of ${id} is opened twice.`);
          this.#open.add(id);
          return Promise.resolve(8080);
        },
        close: (id) => {
          this.#open.delete(id);
          this.routed.delete(id);
          return Promise.resolve();
        },
        setTraffic: (id, targets) => {
          this.routed.set(id, targets);
        },
      },
    });
  }

  async start(): Promise<void> {
    await this.#reconciler.restore();
    resumeOperations(this.operations, this.#reconciler);
  }

  /** What a kill -9 leaves: nothing in memory, and no process that would go on. */
  async drop(): Promise<void> {
    this.#reconciler.stop();
    const stopped = this.fleet.stop();
    await vi.advanceTimersByTimeAsync(20);
    await stopped;
    await this.store.close();
  }

  run(operation: OperationRecord): void {
    this.#reconciler.run(operation);
  }

  revisionsOf(id: string): string[] {
    return this.store
      .list('revisions')
      .filter((revision) => revision.service === id)
      .map((revision) => revision.id);
  }
}

/** One world: a state folder, a machine, the cloud that runs now, and what callers were promised. */
export class FakeWorld {
  readonly machine = new FakeMachine();
  readonly promised = new Set<string>();
  readonly #dir: string;
  #lives = 0;
  #acknowledged = 0;
  #version = 0;
  cloud: FakeCloud;

  constructor(dir: string) {
    this.#dir = dir;
    fs.mkdirSync(this.#stateDir(), { recursive: true });
    this.cloud = new FakeCloud(this.#stateDir(), this.machine);
  }

  async take(step: Step): Promise<void> {
    if (step.do === 'wait') await vi.advanceTimersByTimeAsync(step.ms);
    else if (step.do === 'kill') await this.kill(step.lose);
    else if (step.do === 'crash-instance') this.machine.crash(step.pick);
    else if (step.do === 'break') this.machine.broken = true;
    else if (step.do === 'mend') this.machine.broken = false;
    else this.#call(step);
  }

  #call(step: CallStep): void {
    switch (step.do) {
      case 'deploy':
        this.#write(step.service, { template: this.#template(step.behaviour, step.min) });
        break;
      case 'traffic':
        this.#shift(step.service, step.picks, step.tag);
        break;
      case 'latest':
        this.#write(step.service, { traffic: [{ type: LATEST, percent: 100 }] });
        break;
      case 'delete-service':
        this.#deleteService(step.service);
        break;
      case 'delete-revision':
        this.#deleteRevision(step.pick);
        break;
    }
  }

  /** Ends the cloud and starts the next one, at worst without the last lines that nobody waited for. */
  async kill(lose: number): Promise<void> {
    const journal = fs.readFileSync(this.#journal());
    const kept = cutLines(journal, Math.max(this.#acknowledged, 0), lose);
    this.machine.loseParent();
    await this.cloud.drop();
    this.#lives += 1;
    fs.mkdirSync(path.dirname(this.#journal()), { recursive: true });
    fs.writeFileSync(this.#journal(), kept);
    this.cloud = new FakeCloud(this.#stateDir(), this.machine);
    this.#acknowledge();
    await this.cloud.start();
  }

  #template(behaviour: Behaviour, minInstanceCount: number): Template {
    this.#version += 1;
    return {
      labels: { behaviour, version: String(this.#version) },
      scaling: { minInstanceCount },
      containers: [{ image: 'local/tiny' }],
    };
  }

  /** As the API does it: the next state of the service, then everything in one record. */
  #write(id: string, change: Pick<ServiceSpec, 'template' | 'traffic'>): void {
    const { store } = this.cloud;
    const current = store.get('services', id);
    if (current?.deletedAt !== null && current !== undefined) return;
    if (current === undefined && change.template === undefined) return;
    const now = Date.now();
    const next =
      current === undefined
        ? newService(id, change, now)
        : changedService(current, { ...current.spec, ...change }, now);
    const revision = cutRevision({
      service: next,
      previous: store.get('revisions', next.latestCreated),
      named: undefined,
      image: () => ({ digest: 'sha256:d' }),
      now,
    });
    const kind = current === undefined ? 'create' : 'update';
    this.#promise(recordWrite(this.cloud, { kind, service: next, revision, retry: '' }));
  }

  /** Traffic to revisions that exist, or that did a moment ago, in equal parts. */
  #shift(id: string, picks: readonly number[], tag: boolean): void {
    const known = this.cloud.revisionsOf(id);
    const chosen = new Set(picks.map((pick) => known[pick % Math.max(1, known.length)] ?? 'gone'));
    const share = Math.floor(100 / chosen.size);
    const traffic = [...chosen].map((revision, index): TrafficTarget => ({
      type: REVISION,
      revision,
      percent: index === 0 ? 100 - share * (chosen.size - 1) : share,
      tag: tag && index === 0 ? 'try' : '',
    }));
    this.#write(id, { traffic });
  }

  #deleteService(id: string): void {
    const service = this.cloud.store.get('services', id);
    if (service?.deletedAt !== null) return;
    this.#promise(recordDeletion(this.cloud, service, Date.now()));
  }

  #deleteRevision(pick: number): void {
    const revisions = this.cloud.store.list('revisions');
    const revision = revisions[pick % Math.max(1, revisions.length)];
    const service = this.cloud.store.get('services', revision?.service ?? '');
    if (revision === undefined || service === undefined) return;
    const { id, generation } = revision;
    const served = service.served.some((target) => target.revision === id);
    if (served || [service.latestCreated, service.latestReady].includes(id)) return;
    const kind = 'delete-revision';
    this.#promise(
      this.cloud.operations.begin({ kind, service: service.id, revision: id, generation }),
    );
  }

  /** The caller got an answer: from here on it may not be lost. */
  #promise(operation: OperationRecord): void {
    this.promised.add(operation.id);
    this.#acknowledge();
    this.cloud.run(operation);
  }

  #acknowledge(): void {
    this.#acknowledged = fs.statSync(this.#journal()).size;
  }

  #stateDir(): string {
    return path.join(this.#dir, String(this.#lives));
  }

  #journal(): string {
    return path.join(this.#stateDir(), 'cloud', 'journal.jsonl');
  }
}

/** Without up to `lose` lines, none of which lies before `from`. */
function cutLines(content: Buffer, from: number, lose: number): Buffer {
  let end = content.length;
  for (let count = 0; count < lose; count += 1) {
    const before = content.lastIndexOf(10, end - 2) + 1;
    if (end <= from || before < from) break;
    end = before;
  }
  return content.subarray(0, end);
}
