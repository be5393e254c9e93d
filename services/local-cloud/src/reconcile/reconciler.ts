import { ApiError, GRPC } from '../model/api-error.ts';
import type {
  Failure,
  OperationRecord,
  RevisionRecord,
  ServiceRecord,
} from '../model/resources.ts';
import { toRevisionMessage, toServiceMessage } from '../model/to-message.ts';
import { percentByRevision, resolveTraffic } from '../model/traffic.ts';
import type { RouterSet } from '../router/router-set.ts';
import type { StateStore } from '../state/state-store.ts';
import type { Fleet } from '../supervisor/fleet.ts';
import { RevisionFailure } from '../supervisor/instance-environment.ts';
import type { Crash } from '../supervisor/instance-factory.ts';
import type { LogBook } from '../supervisor/log-book.ts';
import { NO_SHARE, shareOf } from '../supervisor/service-share.ts';
import type { SystemLog } from '../system-log.ts';
import type { Operations } from './operations.ts';
import { toOperationError } from './operations.ts';
import { SerialQueue } from './serial-queue.ts';

export interface ReconcilerParts {
  readonly store: StateStore;
  readonly fleet: Fleet;
  readonly routers: RouterSet;
  readonly operations: Operations;
  readonly logs: LogBook;
  readonly log: SystemLog;
}

const CLOSE_GRACE_MS = 10_000;

/**
 * Makes the world look like the records: brings revisions up, moves traffic when its targets are
 * ready, ends the operation with the cause when that fails. What serves is never touched before.
 */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #traffic = new SerialQueue();
  #stopping = false;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
  }

  /** Opens the addresses of the stored services and serves what was being served. */
  async restore(): Promise<void> {
    const services = this.#parts.store.list('services');
    await Promise.all(services.map((service) => this.#openRouter(service)));
    for (const service of services) {
      this.#applyServed(service.id);
      for (const { revision, percent } of service.served)
        if (percent > 0 && this.#revision(revision) !== undefined) this.#warmUp(revision);
    }
  }

  /** From now on nothing is written any more: what is unfinished goes on at the next start. */
  stop(): void {
    this.#stopping = true;
  }

  /** A served revision is started before its first request; without success it starts with it. */
  #warmUp(revision: string): void {
    this.#supervisor(revision)
      .bringUp()
      .catch((error: unknown) => {
        const { message } = toOperationError(error);
        this.#parts.log.warn(`A served revision did not start: ${message}`, { revision });
      });
  }

  /** Runs an operation of a service in the background; its outcome is in the operation. */
  run(operation: OperationRecord): void {
    this.#run(operation).catch((error: unknown) => {
      this.#parts.log.error('an operation could not be recorded', { cause: String(error) });
    });
  }

  /** A crash loop shows in the revision's condition while it lasts. */
  onCrash(revision: RevisionRecord, crash: Crash): void {
    if (!crash.looping || this.#revision(revision.id)?.state !== 'ready') return;
    const failure = {
      ...crash.failure.failure,
      message: `Crash loop: five crashes within a minute. ${crash.failure.message}`,
    };
    this.#patchRevision(revision.id, { failure, state: 'failed' });
    this.#parts.log.error(failure.message, { code: 'CRASH_LOOP', revision: revision.id });
  }

  onStable(revision: RevisionRecord): void {
    this.#markHealthy(revision.id);
  }

  #markHealthy(id: string): void {
    if (this.#revision(id)?.state === 'failed')
      this.#patchRevision(id, { state: 'ready', failure: null });
  }

  async #run(operation: OperationRecord): Promise<void> {
    const { operations } = this.#parts;
    try {
      operations.succeed(operation.id, await this.#perform(operation));
    } catch (error) {
      if (this.#stopping) return;
      operations.fail(operation.id, error);
    }
    this.#settle(operation.service);
    const service = this.#service(operation.service);
    const record = operations.get(operation.id);
    // The result shows the settled service, not the one in transition.
    if (service !== undefined && record?.error === null && operation.kind !== 'delete-revision')
      this.#parts.store.put('operations', operation.id, {
        ...record,
        result: toServiceMessage(service),
      });
  }

  async #perform(operation: OperationRecord): Promise<Readonly<Record<string, unknown>>> {
    if (operation.kind === 'delete-service') return this.#deleteService(operation.service);
    if (operation.kind === 'delete-revision') return this.#deleteRevision(operation.revision);
    const service = this.#requireService(operation.service);
    if (service.port === 0) await this.#openRouter(service);
    if (operation.revision !== '') await this.#bringUp(operation.revision);
    await this.#traffic.run(operation.service, () => this.#applyTraffic(operation));
    return toServiceMessage(this.#requireService(operation.service));
  }

  async #openRouter(service: ServiceRecord): Promise<void> {
    const port = await this.#parts.routers.open(service.id, service.port);
    this.#patch(service.id, { port });
  }

  async #bringUp(id: string): Promise<void> {
    const revision = this.#revision(id);
    if (revision === undefined) throw new Error(`Revision ${id} was deleted meanwhile.`);
    try {
      await this.#parts.fleet.of(revision).bringUp();
    } catch (error) {
      if (!this.#stopping) this.#onRevisionFailed(revision, error);
      // A revision that serves keeps its supervisor, which goes on trying: without it the router
      // would have nobody to ask until the next write.
      if (!this.#isServed(revision)) await this.#parts.fleet.remove(id);
      throw error;
    }
    this.#patchRevision(id, { state: 'ready', failure: null });
    const service = this.#requireService(revision.service);
    const newest = this.#revision(service.latestReady)?.generation ?? 0;
    if (revision.generation >= newest)
      this.#patch(service.id, { latestReady: id, configurationFailure: null });
  }

  /** Has traffic or a tag right now. */
  #isServed({ id, service }: RevisionRecord): boolean {
    return this.#service(service)?.served.some(({ revision }) => revision === id) ?? false;
  }

  #onRevisionFailed(revision: RevisionRecord, error: unknown): void {
    const failure: Failure =
      error instanceof RevisionFailure
        ? error.failure
        : { reason: 'INTERNAL', message: toOperationError(error).message };
    this.#patchRevision(revision.id, { state: 'failed', failure });
    if (this.#service(revision.service)?.latestCreated !== revision.id) return;
    const message = `Revision '${revision.id}' is not ready and cannot serve traffic. ${failure.message}`;
    this.#patch(revision.service, { configurationFailure: { reason: 'REVISION_FAILED', message } });
  }

  /** Switches only when every target has a ready instance, so that no request meets a cold one. */
  async #applyTraffic(operation: OperationRecord): Promise<void> {
    const service = this.#requireService(operation.service);
    const resolved = resolveTraffic(service.spec.traffic, {
      latestReady: service.latestReady,
      exists: (revision) => this.#revision(revision)?.service === service.id,
    });
    try {
      if (!resolved.ok)
        throw new ApiError(GRPC.internal, resolved.message, { reason: 'ROUTE_MISSING' });
      await Promise.all(
        [...percentByRevision(resolved.targets)]
          .filter(([, percent]) => percent > 0)
          .map(async ([revision]) => {
            await this.#supervisor(revision).bringUp();
            this.#markHealthy(revision);
          }),
      );
    } catch (error) {
      if (this.#stopping) throw error;
      const { message } = toOperationError(error);
      this.#patch(service.id, { routesFailure: { reason: 'REVISION_FAILED', message } });
      throw error;
    }
    this.#patch(service.id, { served: resolved.targets, routesFailure: null });
    this.#applyServed(service.id);
  }

  /** Points the router at the served targets; revisions that lost theirs stay warm for a while. */
  #applyServed(id: string): void {
    const service = this.#requireService(id);
    const shares = percentByRevision(service.served);
    for (const [revision, percent] of shares)
      if (this.#revision(revision) !== undefined)
        this.#supervisor(revision).setServing(true, shareOf(service.spec.scaling, percent));
    this.#parts.routers.setTraffic(id, service.served);
    for (const supervisor of this.#parts.fleet.all())
      if (supervisor.revision.service === id && !shares.has(supervisor.revision.id))
        supervisor.setServing(false, NO_SHARE);
  }

  async #deleteService(id: string): Promise<Readonly<Record<string, unknown>>> {
    const { store, fleet, routers } = this.#parts;
    const last = toServiceMessage(this.#requireService(id));
    const revisions = store.list('revisions').filter(({ service }) => service === id);
    await routers.close(id, CLOSE_GRACE_MS);
    await Promise.all(revisions.map((revision) => fleet.remove(revision.id)));
    for (const revision of revisions) this.#forgetRevision(revision.id);
    store.remove('policies', id);
    store.remove('services', id);
    return last;
  }

  async #deleteRevision(id: string): Promise<Readonly<Record<string, unknown>>> {
    const revision = this.#revision(id);
    if (revision === undefined) throw new Error(`Revision ${id} is gone already.`);
    await this.#parts.fleet.remove(id);
    this.#forgetRevision(id);
    return toRevisionMessage(revision, false);
  }

  #forgetRevision(id: string): void {
    this.#parts.store.remove('revisions', id);
    this.#parts.logs.forget(id);
  }

  /** Not reconciling any more once no operation of the service is left. */
  #settle(id: string): void {
    const service = this.#service(id);
    if (service === undefined) return;
    const reconciling = this.#parts.operations.unfinished(id).length > 0;
    const ok = service.configurationFailure === null && service.routesFailure === null;
    const observed = reconciling || !ok ? service.observedGeneration : service.generation;
    this.#patch(id, { reconciling, observedGeneration: observed });
  }

  #supervisor(id: string): ReturnType<Fleet['of']> {
    const revision = this.#revision(id);
    if (revision === undefined) throw new Error(`Revision ${id} was deleted meanwhile.`);
    return this.#parts.fleet.of(revision);
  }

  #revision(id: string): RevisionRecord | undefined {
    return this.#parts.store.get('revisions', id);
  }

  #service(id: string): ServiceRecord | undefined {
    return this.#parts.store.get('services', id);
  }

  #requireService(id: string): ServiceRecord {
    const service = this.#service(id);
    if (service === undefined) throw new Error(`Service ${id} was deleted meanwhile.`);
    return service;
  }

  #patch(id: string, change: Partial<ServiceRecord>): void {
    const service = this.#requireService(id);
    this.#parts.store.put('services', id, { ...service, ...change, changedAt: Date.now() });
  }

  #patchRevision(id: string, change: Partial<RevisionRecord>): void {
    const revision = this.#revision(id);
    if (revision === undefined) return;
    this.#parts.store.put('revisions', id, { ...revision, ...change, changedAt: Date.now() });
  }
}
