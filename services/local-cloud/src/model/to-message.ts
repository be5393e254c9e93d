import { revisionConditions, serviceConditions } from './conditions.ts';
import { revisionName, serviceName } from './resource-names.ts';
import { toTimestamp } from './timestamps.ts';
import { LATEST } from './resources.ts';
import type { RevisionRecord, ServedTarget, ServiceRecord } from './resources.ts';

/** A message in the API's spelling, ready for the protobuf serializer. */
export type Message = Record<string, unknown>;

/** The etag is made of the caller's writes only, so that a rollout in progress doesn't break it. */
export function serviceEtag(service: ServiceRecord): string {
  return `"${Buffer.from(`${service.uid}:${service.version}`).toString('base64url')}"`;
}

/** `Service` as Get, List and the operations return it. */
export function toServiceMessage(service: ServiceRecord): Message {
  const { terminal, others } = serviceConditions(service);
  const closed = service.port === 0 || service.spec['defaultUriDisabled'] === true;
  const uri = closed ? '' : `http://127.0.0.1:${service.port}`;
  return {
    ...service.spec,
    name: serviceName(service.id),
    uid: service.uid,
    generation: String(service.generation),
    observedGeneration: String(service.observedGeneration),
    createTime: toTimestamp(service.createdAt),
    updateTime: toTimestamp(service.updatedAt),
    ...(service.deletedAt === null ? {} : { deleteTime: toTimestamp(service.deletedAt) }),
    terminalCondition: terminal,
    conditions: others,
    latestCreatedRevision: fullRevision(service.id, service.latestCreated),
    latestReadyRevision: fullRevision(service.id, service.latestReady),
    trafficStatuses: service.served.map((target) => toTrafficStatus(service, target)),
    uri,
    urls: uri === '' ? [] : [uri],
    reconciling: service.reconciling,
    etag: serviceEtag(service),
  };
}

function fullRevision(service: string, revision: string): string {
  return revision === '' ? '' : revisionName(service, revision);
}

function toTrafficStatus(service: ServiceRecord, target: ServedTarget): Message {
  const { type, percent, tag } = target;
  // As Cloud Run answers it: a target that follows the latest doesn't say which one that is.
  const revision = type === LATEST ? '' : target.revision;
  const uri = tag === '' ? '' : `http://${tag}---${service.id}.localhost:${service.port}`;
  return { type, revision, percent, tag, uri };
}

/** A revision never changes what a caller wrote: its etag is its identity. */
export function revisionEtag({ uid }: RevisionRecord): string {
  return `"${uid}"`;
}

/** Fields that a revision takes over from the template as they are. */
const OWN_TEMPLATE_FIELDS = new Set(['revision', 'healthCheckDisabled']);

/** `Revision` as Get and List return it. `active`: it has traffic or a tag. */
export function toRevisionMessage(revision: RevisionRecord, active: boolean): Message {
  const inherited = Object.entries(revision.template).filter(
    ([field]) => !OWN_TEMPLATE_FIELDS.has(field),
  );
  return {
    ...Object.fromEntries(inherited),
    name: revisionName(revision.service, revision.id),
    uid: revision.uid,
    service: revision.service,
    generation: String(revision.generation),
    observedGeneration: revision.state === 'pending' ? '0' : String(revision.generation),
    createTime: toTimestamp(revision.createdAt),
    updateTime: toTimestamp(revision.changedAt),
    reconciling: revision.state === 'pending',
    conditions: revisionConditions(revision, active),
    etag: revisionEtag(revision),
  };
}
