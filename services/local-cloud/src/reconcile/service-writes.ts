import { randomUUID } from 'node:crypto';
import { alreadyExists, etagConflict } from '../model/api-error.ts';
import { revisionName } from '../model/resource-names.ts';
import type {
  ImageRecord,
  RevisionRecord,
  ServiceRecord,
  ServiceSpec,
} from '../model/resources.ts';
import { makeRevisionId, sameFields, sameTemplate } from '../model/revision.ts';
import { withDefaults } from '../model/template-defaults.ts';
import { serviceEtag } from '../model/to-message.ts';
import { DEFAULT_TRAFFIC } from '../model/traffic.ts';
import { parseImage, tagKey } from '../build/image-name.ts';

/** A service before its first revision. Pure. */
export function newService(id: string, spec: ServiceSpec, now: number): ServiceRecord {
  return {
    id,
    uid: randomUUID(),
    spec: specWithDefaults(spec),
    generation: 1,
    observedGeneration: 0,
    version: 1,
    createdAt: now,
    updatedAt: now,
    changedAt: now,
    latestCreated: '',
    latestReady: '',
    served: [],
    reconciling: true,
    configurationFailure: null,
    routesFailure: null,
    port: 0,
    deletedAt: null,
    checksInvokers: true,
  };
}

/**
 * The next state of a service after a caller's write; the rollout has not begun. A write that changes
 * nothing is no new generation. Pure.
 */
export function changedService(
  current: ServiceRecord,
  spec: ServiceSpec,
  now: number,
): ServiceRecord {
  if (sameFields(current.spec, specWithDefaults(spec))) return { ...current, reconciling: true };
  return {
    ...current,
    spec: specWithDefaults(spec),
    generation: current.generation + 1,
    version: current.version + 1,
    updatedAt: now,
    changedAt: now,
    reconciling: true,
  };
}

function specWithDefaults(spec: ServiceSpec): ServiceSpec {
  return {
    ...spec,
    ingress: known(spec['ingress'], 'INGRESS_TRAFFIC_ALL'),
    launchStage: known(spec['launchStage'], 'GA'),
    template: withDefaults(spec.template ?? {}),
    traffic:
      spec.traffic === undefined || spec.traffic.length === 0 ? DEFAULT_TRAFFIC : spec.traffic,
  };
}

/** The default stands for an enum that is not set, and for its zero. */
function known(value: unknown, otherwise: string): string {
  return typeof value === 'string' && !value.endsWith('_UNSPECIFIED') ? value : otherwise;
}

/** Refuses a write that was made on an older version. */
export function requireEtag(service: ServiceRecord, etag: unknown, name: string): void {
  if (typeof etag === 'string' && etag !== '' && etag !== serviceEtag(service))
    throw etagConflict(name);
}

export interface RevisionCut {
  readonly service: ServiceRecord;
  readonly previous: RevisionRecord | undefined;
  /** A revision that already has the name asked for. */
  readonly named: RevisionRecord | undefined;
  readonly image: (key: string) => ImageRecord | undefined;
  readonly now: number;
}

/** The new revision of a service, or null when its template did not change. */
export function cutRevision(cut: RevisionCut): RevisionRecord | null {
  const { service, previous, named } = cut;
  const template = service.spec.template ?? {};
  const asked = template.revision ?? '';
  const same = previous !== undefined && sameTemplate(previous.template, template);
  if (same && (asked === '' || asked === previous.id)) return null;
  if (named !== undefined) throw differentConfiguration(service.id, asked);
  const id = asked === '' ? makeRevisionId(service.id, service.generation) : asked;
  return newRevision(id, cut);
}

function newRevision(id: string, { service, image, now }: RevisionCut): RevisionRecord {
  const { revision: _, ...rest } = service.spec.template ?? {};
  return {
    id,
    uid: randomUUID(),
    service: service.id,
    generation: service.generation,
    template: rest,
    createdAt: now,
    changedAt: now,
    state: 'pending',
    failure: null,
    digest: resolveDigest(rest.containers?.[0]?.image ?? '', image),
  };
}

/** The real service's own sentence, which clients know as a reused revision name. */
function differentConfiguration(service: string, revision: string): Error {
  return alreadyExists(
    revisionName(service, revision),
    `Revision named '${revision}' with different configuration already exists.`,
  );
}

/** A tag is looked up once, when the revision is cut: moving it later changes nothing. */
function resolveDigest(image: string, find: (key: string) => ImageRecord | undefined): string {
  const reference = parseImage(image);
  return reference.digest === '' ? (find(tagKey(reference))?.digest ?? '') : reference.digest;
}
