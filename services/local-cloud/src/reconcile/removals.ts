import { failedPrecondition } from '../model/api-error.ts';
import { revisionName, serviceName } from '../model/resource-names.ts';
import type { RevisionRecord } from '../model/resources.ts';
import { toRevisionMessage, toServiceMessage } from '../model/to-message.ts';
import type { RouterSet } from '../router/router-set.ts';
import type { StateStore } from '../state/state-store.ts';
import type { Fleet } from '../supervisor/fleet.ts';
import type { LogBook } from '../supervisor/log-book.ts';
import type { Operations } from './operations.ts';
import { REVISION_LIMIT, excessRevisions } from './revision-limit.ts';

export interface RemovalParts {
  readonly store: StateStore;
  readonly fleet: Fleet;
  readonly routers: Pick<RouterSet, 'close'>;
  readonly operations: Operations;
  readonly logs: LogBook;
  /** Revisions that a service keeps; the platform's own limit when it isn't given. */
  readonly revisionLimit?: number;
}

const CLOSE_GRACE_MS = 10_000;

/** Takes away what nobody wants any more: records first, then the processes that they explain. */
export class Removals {
  readonly #parts: RemovalParts;

  constructor(parts: RemovalParts) {
    this.#parts = parts;
  }

  /** Deletes a service with all that it has. */
  async service(id: string): Promise<Readonly<Record<string, unknown>>> {
    const { store, routers } = this.#parts;
    const service = store.get('services', id);
    await routers.close(id, CLOSE_GRACE_MS);
    const revisions = store.list('revisions').filter((revision) => revision.service === id);
    // The records first: nothing can bring up what is not there, however many operations still run.
    store.atomically(() => {
      for (const revision of revisions) store.remove('revisions', revision.id);
      store.remove('policies', id);
      store.remove('services', id);
    });
    await Promise.all(revisions.map((revision) => this.#end(revision.id)));
    // After a crash in between, the service is gone already and only the operation is left.
    return service === undefined ? { name: serviceName(id) } : toServiceMessage(service);
  }

  /** Deletes one revision, unless it has been given traffic meanwhile. */
  async revision(id: string, service: string): Promise<Readonly<Record<string, unknown>>> {
    const { store } = this.#parts;
    const revision = store.get('revisions', id);
    if (revision === undefined) return { name: revisionName(service, id) };
    if (isServed(store, revision))
      throw failedPrecondition(revisionName(service, id), 'The revision receives traffic now.');
    store.remove('revisions', id);
    await this.#end(id);
    return toRevisionMessage(revision, false);
  }

  /** Deletes the oldest revisions above the limit; their instances end with them. */
  async excess(id: string): Promise<void> {
    const { store, operations, revisionLimit = REVISION_LIMIT } = this.#parts;
    const service = store.get('services', id);
    if (service === undefined) return;
    const revisions = store.list('revisions').filter((revision) => revision.service === id);
    const unfinished = operations.rollouts(id);
    const excess = excessRevisions({ service, revisions, unfinished, limit: revisionLimit });
    store.atomically(() => {
      for (const revision of excess) store.remove('revisions', revision.id);
    });
    await Promise.all(excess.map((revision) => this.#end(revision.id)));
  }

  /** Ends the instances of a revision whose record is gone. */
  async #end(id: string): Promise<void> {
    await this.#parts.fleet.remove(id);
    this.#parts.logs.forget(id);
  }
}

/** Has traffic or a tag right now. */
export function isServed(store: StateStore, { id, service }: RevisionRecord): boolean {
  const served = store.get('services', service)?.served ?? [];
  return served.some(({ revision }) => revision === id);
}
