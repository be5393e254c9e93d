import type { OperationRecord, RevisionRecord, ServiceRecord } from '../model/resources.ts';
import type { StateStore } from '../state/state-store.ts';
import type { Operations } from './operations.ts';

interface Records {
  readonly store: StateStore;
  readonly operations: Operations;
}

/** A validated write of a service. */
export interface ServiceWrite {
  readonly kind: 'create' | 'update';
  readonly service: ServiceRecord;
  /** The revision that the write cuts, or null. */
  readonly revision: RevisionRecord | null;
  /** A failed revision to bring up again, or an empty string. */
  readonly retry: string;
}

/** Journals service, revision and operation as one: after a crash all of them are there, or none. */
export function recordWrite({ store, operations }: Records, write: ServiceWrite): OperationRecord {
  const { kind, revision, retry } = write;
  return store.atomically(() => {
    const service =
      revision === null ? write.service : { ...write.service, latestCreated: revision.id };
    if (revision !== null) store.put('revisions', revision.id, revision);
    store.put('services', service.id, service);
    return operations.begin({
      kind,
      service: service.id,
      revision: revision?.id ?? retry,
      generation: service.generation,
    });
  });
}

/** Journals that a service is to go, with the operation that does it. */
export function recordDeletion(
  { store, operations }: Records,
  service: ServiceRecord,
  now: number,
): OperationRecord {
  const { id, generation } = service;
  return store.atomically(() => {
    store.put('services', id, { ...service, deletedAt: now, reconciling: true });
    return operations.begin({ kind: 'delete-service', service: id, revision: '', generation });
  });
}
