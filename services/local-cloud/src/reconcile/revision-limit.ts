import { shortName } from '../model/resource-names.ts';
import type { OperationRecord, RevisionRecord, ServiceRecord } from '../model/resources.ts';

/** As many revisions as Cloud Run keeps of a service. */
export const REVISION_LIMIT = 1000;

export interface RevisionStock {
  readonly service: ServiceRecord;
  /** All revisions of the service. */
  readonly revisions: readonly RevisionRecord[];
  readonly unfinished: readonly OperationRecord[];
  readonly limit: number;
}

/**
 * The oldest revisions above the limit. One with traffic, a tag, the service's name for "latest" or an
 * operation that works on it is never among them, even when that leaves more than the limit.
 */
export function excessRevisions(stock: RevisionStock): RevisionRecord[] {
  const { service, revisions, unfinished, limit } = stock;
  const needed = new Set([
    service.latestCreated,
    service.latestReady,
    ...service.served.map(({ revision }) => revision),
    ...(service.spec.traffic ?? []).map(({ revision = '' }) => shortName(revision)),
    ...unfinished.map(({ revision }) => revision),
  ]);
  return [...revisions]
    .sort((a, b) => a.generation - b.generation)
    .filter(({ id }) => !needed.has(id))
    .slice(0, Math.max(0, revisions.length - limit));
}
