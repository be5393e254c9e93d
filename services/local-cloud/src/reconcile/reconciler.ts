import { ApiError, GRPC } from '../model/api-error.ts';
import type {
  Failure,
  OperationRecord,
  RevisionRecord,
  ServedTarget,
  ServiceRecord,
} from '../model/resources.ts';
import { toServiceMessage } from '../model/to-message.ts';
import { missingRevision, percentByRevision, resolveTraffic } from '../model/traffic.ts';
import type { RouterSet } from '../router/router-set.ts';
import type { Fleet } from '../supervisor/fleet.ts';
import { RevisionFailure } from '../supervisor/instance-environment.ts';
import type { Crash } from '../supervisor/instance-factory.ts';
import { NO_SHARE, shareOf } from '../supervisor/service-share.ts';
import type { SystemLog } from '../system-log.ts';
import { toOperationError } from './operations.ts';
import { Removals, isServed } from './removals.ts';
import type { RemovalParts } from './removals.ts';
import { SerialQueue } from './serial-queue.ts';

export interface ReconcilerParts extends RemovalParts {
  readonly routers: Pick<RouterSet, 'open' | 'setTraffic' | 'close'>;
  readonly log: SystemLog;
}

const SECRETS = 'SECRETS_ACCESS_CHECK_FAILED';

/**
 * Makes the world look like the records: brings revisions up, moves traffic when its targets are
 * ready, ends the operation with the cause when that fails. What serves is never touched before.
 */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #removals: Removals;
  readonly #traffic = new SerialQueue();
  #stopping = false;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#removals = new Removals(parts);
  }

  /** Opens the addresses of the stored services and serves what was being served. */
  async restore(): Promise<void> {
    const services = this.#parts.store.list('services');
    await Promise.all(services.map((service) => this.#openRouter(service)));
    for (const service of services) {
      // A crash may have come between the end of an operation and its entry in the service.
      if (service.reconciling) this.#settle(service.id);
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
    if (this.#revision(id)?.state !== 'ready')
      this.#patchRevision(id, { state: 'ready', failure: null });
  }

  async #run(operation: OperationRecord): Promise<void> {
    try {
      const result = await this.#perform(operation);
      this.#finish(operation, () => {
        this.#parts.operations.succeed(operation.id, result);
      });
    } catch (error) {
      if (this.#stopping) return;
      this.#finish(operation, () => {
        this.#parts.operations.fail(operation.id, error);
      });
    }
    await this.#removals.excess(operation.service);
  }

  /** The operation ends and its service settles as one. */
  #finish(operation: OperationRecord, finish: () => void): void {
    const { store, operations } = this.#parts;
    store.atomically(() => {
      finish();
      this.#settle(operation.service);
      const service = this.#service(operation.service);
      const record = operations.get(operation.id);
      // The result shows the settled service, not the one in transition.
      if (service !== undefined && record?.error === null && operation.kind !== 'delete-revision')
        store.put('operations', operation.id, { ...record, result: toServiceMessage(service) });
    });
  }

  async #perform(operation: OperationRecord): Promise<Readonly<Record<string, unknown>>> {
    if (operation.kind === 'delete-service') return this.#removals.service(operation.service);
    if (operation.kind === 'delete-revision')
      return this.#removals.revision(operation.revision, operation.service);
    const service = this.#requireService(operation.service);
    if (service.port === 0) await this.#traffic.run(service.id, () => this.#openFirst(service.id));
    if (operation.revision !== '') await this.#bringUp(operation.revision);
    await this.#traffic.run(operation.service, () => this.#applyTraffic(operation));
    return toServiceMessage(this.#requireService(operation.service));
  }

  /** In turn, so that of two first writes only one opens the address. */
  async #openFirst(id: string): Promise<void> {
    const service = this.#requireService(id);
    if (service.port === 0) await this.#openRouter(service);
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
      if (!isServed(this.#parts.store, revision)) await this.#parts.fleet.remove(id);
      throw error;
    }
    this.#patchRevision(id, { state: 'ready', failure: null });
    const service = this.#requireService(revision.service);
    const newest = this.#revision(service.latestReady)?.generation ?? 0;
    if (revision.generation >= newest)
      this.#patch(service.id, { latestReady: id, configurationFailure: null });
  }

  #onRevisionFailed(revision: RevisionRecord, error: unknown): void {
    // What has been ready and serves isn't unready for one start that failed: the operation says why.
    if (this.#revision(revision.id)?.state === 'ready' && isServed(this.#parts.store, revision))
      return;
    const failure: Failure =
      error instanceof RevisionFailure
        ? error.failure
        : { reason: 'INTERNAL', message: toOperationError(error).message };
    this.#patchRevision(revision.id, { state: 'failed', failure });
    if (this.#service(revision.service)?.latestCreated !== revision.id) return;
    const message = `Revision '${revision.id}' is not ready and cannot serve traffic. ${failure.message}`;
    // A secret that can't be read is the configuration's own fault, and is called so.
    const reason = failure.reason === SECRETS ? SECRETS : 'REVISION_FAILED';
    this.#patch(revision.service, { configurationFailure: { reason, message } });
  }

  /** Switches only when every target has a ready instance, so that no request meets a cold one. */
  async #applyTraffic(operation: OperationRecord): Promise<void> {
    const service = this.#requireService(operation.service);
    let targets: readonly ServedTarget[];
    try {
      targets = this.#resolve(service);
      await this.#bringUpAll(targets);
      this.#requireAll(targets);
    } catch (error) {
      if (this.#stopping) throw error;
      const { message } = toOperationError(error);
      this.#patch(service.id, { routesFailure: { reason: 'REVISION_FAILED', message } });
      throw error;
    }
    this.#patch(service.id, { served: targets, routesFailure: null });
    this.#applyServed(service.id);
  }

  #resolve(service: ServiceRecord): readonly ServedTarget[] {
    const resolved = resolveTraffic(service.spec.traffic, {
      latestReady: service.latestReady,
      exists: (revision) => this.#revision(revision)?.service === service.id,
    });
    if (resolved.ok) return resolved.targets;
    throw new ApiError(GRPC.internal, resolved.message, { reason: 'ROUTE_MISSING' });
  }

  /** While one target was starting, another one may have been deleted. */
  #requireAll(targets: readonly ServedTarget[]): void {
    const gone = targets.find(({ revision }) => this.#revision(revision) === undefined);
    if (gone === undefined) return;
    throw new ApiError(GRPC.internal, missingRevision(gone.revision), { reason: 'ROUTE_MISSING' });
  }

  async #bringUpAll(targets: readonly ServedTarget[]): Promise<void> {
    const wanted = [...percentByRevision(targets)].filter(([, percent]) => percent > 0);
    await Promise.all(
      wanted.map(async ([revision]) => {
        await this.#supervisor(revision).bringUp();
        this.#markHealthy(revision);
      }),
    );
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

  /** Not reconciling any more once no rollout of the service is left. */
  #settle(id: string): void {
    const service = this.#service(id);
    if (service === undefined) return;
    const reconciling = this.#parts.operations.rollouts(id).length > 0;
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
