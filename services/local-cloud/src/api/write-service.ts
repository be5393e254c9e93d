import { matches } from '../faults/fault-book.ts';
import { alreadyExists, invalidArgument, notFound, quotaExceeded } from '../model/api-error.ts';
import { parseServiceName, requireLocalParent, serviceName } from '../model/resource-names.ts';
import type { RevisionRecord, ServiceRecord, ServiceSpec } from '../model/resources.ts';
import { sameFields } from '../model/revision.ts';
import { toServiceMessage } from '../model/to-message.ts';
import { applyMask, userFields } from '../model/update-mask.ts';
import { validateServiceId, validateSpec } from '../model/validate-service.ts';
import { recordWrite } from '../reconcile/record-write.ts';
import {
  changedService,
  cutRevision,
  newService,
  requireEtag,
} from '../reconcile/service-writes.ts';
import type { ApiParts } from './api-parts.ts';
import type { Request } from './grpc-server.ts';
import { toOperationMessage } from './operation-message.ts';
import { createServiceRequest, parseRequest, updateServiceRequest } from './parse-request.ts';
import { requireHeld, runResource } from './permissions.ts';
import { validated } from './validated.ts';

/** Services.CreateService. The name in the message counts for nothing, parent and id do. */
export function createService(parts: ApiParts, request: Request): Promise<object> {
  const { parent, serviceId, service, validateOnly } = parseRequest(createServiceRequest, request);
  requireLocalParent(parent);
  validateServiceId(serviceId);
  if (parts.store.get('services', serviceId) !== undefined)
    throw alreadyExists(serviceName(serviceId));
  requireQuota(parts);
  const spec = userFields(service);
  validateSpec(serviceId, spec);
  requireRights(parts, serviceId, { current: {}, next: spec });
  const next = newService(serviceId, spec, Date.now());
  return write(parts, { next, kind: 'create', validateOnly, retry: '' });
}

/** Services.UpdateService: with its mask, its etag, and `allow_missing` as an upsert. */
export function updateService(parts: ApiParts, request: Request): Promise<object> {
  const parsed = parseRequest(updateServiceRequest, request);
  const { service: message, validateOnly } = parsed;
  const name = typeof message['name'] === 'string' ? message['name'] : '';
  const id = parseServiceName(name);
  const known = parts.store.get('services', id);
  if (known === undefined) {
    if (!parsed.allowMissing) throw notFound(name);
    const parent = name.slice(0, name.indexOf('/services/'));
    requireHeld(parts.faults, 'run.services.create', runResource(parent));
    return createService(parts, { parent, serviceId: id, service: message, validateOnly });
  }
  if (known.deletedAt !== null) throw invalidArgument('name', 'the service is being deleted.');
  const current = racedByFault(parts, known);
  requireEtag(current, message['etag'], name);
  const shape = parts.protos.shape('google.cloud.run.v2.Service');
  const paths = parsed.updateMask?.paths ?? [];
  const spec = applyMask(current.spec, userFields(message), { paths, shape });
  validateSpec(id, spec);
  requireRights(parts, id, { current: current.spec, next: spec });
  const next = changedService(current, spec, Date.now());
  const retry = sameFields(current.spec, next.spec) ? failedLatest(parts, current) : '';
  return write(parts, { next, kind: 'update', validateOnly, retry });
}

function requireQuota({ store, faults }: ApiParts): void {
  const quota = faults.find('quota', ({ resource }) => resource === 'services');
  if (quota !== null && store.list('services').length >= quota.limit)
    throw quotaExceeded('services', quota.limit);
}

interface Change {
  readonly current: ServiceSpec;
  readonly next: ServiceSpec;
}

/** Opening a service to everybody is a matter of its policy, however it is done. */
function requireRights({ faults }: ApiParts, id: string, change: Change): void {
  const { current, next } = change;
  if (next['invokerIamDisabled'] !== true || current['invokerIamDisabled'] === true) return;
  requireHeld(faults, 'run.services.setIamPolicy', runResource(serviceName(id)));
}

/** With an etag race on, somebody else has just written the service. */
export function racedByFault({ store, faults }: ApiParts, service: ServiceRecord): ServiceRecord {
  if (faults.take('etag-race', (fault) => matches(fault.service, service.id)) === null)
    return service;
  const written = { ...service, version: service.version + 1, updatedAt: Date.now() };
  store.put('services', service.id, written);
  return written;
}

interface Write {
  readonly next: ServiceRecord;
  readonly kind: 'create' | 'update';
  readonly validateOnly: boolean;
  /** A failed revision to bring up again. */
  readonly retry: string;
}

/** Journals service, revision and operation, then lets the reconciler act. */
async function write(parts: ApiParts, { next, kind, validateOnly, retry }: Write): Promise<object> {
  const { store, operations, reconciler, protos } = parts;
  const revision = cut(parts, next);
  if (validateOnly) {
    const latestCreated = revision?.id ?? next.latestCreated;
    const result = toServiceMessage({ ...next, latestCreated, reconciling: false });
    const { id, generation } = next;
    return validated(parts, { kind, service: id, generation, result });
  }
  const operation = recordWrite(parts, { kind, service: next, revision, retry });
  reconciler.run(operation);
  await store.flush();
  return toOperationMessage(protos, store, operations.get(operation.id) ?? operation);
}

/** Deploying exactly the same again tries a failed revision again. */
function failedLatest({ store }: ApiParts, service: ServiceRecord): string {
  const latest = store.get('revisions', service.latestCreated);
  return latest?.state === 'failed' ? latest.id : '';
}

function cut({ store, faults }: ApiParts, service: ServiceRecord): RevisionRecord | null {
  const revision = cutRevision({
    service,
    previous: store.get('revisions', service.latestCreated),
    named: store.get('revisions', service.spec.template?.revision ?? ''),
    image: (key) => store.get('images', key),
    now: Date.now(),
  });
  const account = service.spec.template?.serviceAccount ?? 'the default service account';
  if (revision !== null) requireHeld(faults, 'iam.serviceAccounts.actAs', account);
  return revision;
}
