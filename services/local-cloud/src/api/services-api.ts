import { randomUUID } from 'node:crypto';
import { matches } from '../faults/fault-book.ts';
import { alreadyExists, invalidArgument, notFound, quotaExceeded } from '../model/api-error.ts';
import {
  operationName,
  parseServiceName,
  requireLocalParent,
  serviceName,
} from '../model/resource-names.ts';
import type { OperationRecord, RevisionRecord, ServiceRecord } from '../model/resources.ts';
import { sameFields } from '../model/revision.ts';
import { toServiceMessage } from '../model/to-message.ts';
import { applyMask, userFields } from '../model/update-mask.ts';
import { validateServiceId, validateSpec } from '../model/validate-service.ts';
import {
  changedService,
  cutRevision,
  newService,
  requireEtag,
} from '../reconcile/service-writes.ts';
import type { ApiParts } from './api-parts.ts';
import type { Handlers, Request } from './grpc-server.ts';
import { toOperationMessage } from './operation-message.ts';
import {
  createServiceRequest,
  deleteRequest,
  listRequest,
  namedRequest,
  paginate,
  parseRequest,
  updateServiceRequest,
} from './parse-request.ts';

/** google.cloud.run.v2.Services without its IAM methods. */
export function servicesApi(parts: ApiParts): Handlers {
  return {
    CreateService: (request) => createService(parts, request),
    GetService: (request) => toServiceMessage(requireService(parts, nameOf(request))),
    ListServices: (request) => listServices(parts, request),
    UpdateService: (request) => updateService(parts, request),
    DeleteService: (request) => deleteService(parts, request),
  };
}

function nameOf(request: Request): string {
  return parseServiceName(parseRequest(namedRequest, request).name);
}

/** The stored service, or NOT_FOUND. */
export function requireService(parts: ApiParts, id: string): ServiceRecord {
  const service = parts.store.get('services', id);
  if (service === undefined) throw notFound(serviceName(id));
  return service;
}

function createService(parts: ApiParts, request: Request): Promise<object> {
  const { parent, serviceId, service, validateOnly } = parseRequest(createServiceRequest, request);
  requireLocalParent(parent);
  validateServiceId(serviceId);
  requireServiceQuota(parts);
  if (parts.store.get('services', serviceId) !== undefined)
    throw alreadyExists(serviceName(serviceId));
  const spec = userFields(service);
  validateSpec(serviceId, spec);
  const next = newService(serviceId, spec, Date.now());
  return write(parts, { next, kind: 'create', validateOnly, retry: '' });
}

function requireServiceQuota({ store, faults }: ApiParts): void {
  const quota = faults.find('quota', ({ resource }) => resource === 'services');
  if (quota !== null && store.list('services').length >= quota.limit)
    throw quotaExceeded('services', quota.limit);
}

/** With an etag race on, somebody else has just written the service. */
function raced({ store, faults }: ApiParts, service: ServiceRecord): ServiceRecord {
  if (faults.take('etag-race', (fault) => matches(fault.service, service.id)) === null)
    return service;
  const written = { ...service, version: service.version + 1, updatedAt: Date.now() };
  store.put('services', service.id, written);
  return written;
}

function updateService(parts: ApiParts, request: Request): Promise<object> {
  const parsed = parseRequest(updateServiceRequest, request);
  const { service: message, validateOnly } = parsed;
  const name = typeof message['name'] === 'string' ? message['name'] : '';
  const id = parseServiceName(name);
  const known = parts.store.get('services', id);
  if (known === undefined) {
    if (!parsed.allowMissing) throw notFound(name);
    const { parent } = { parent: name.slice(0, name.indexOf('/services/')) };
    return createService(parts, { parent, serviceId: id, service: message, validateOnly });
  }
  if (known.deletedAt !== null) throw invalidArgument('name', 'the service is being deleted.');
  const current = raced(parts, known);
  requireEtag(current, message['etag'], name);
  const spec = applyMask(current.spec, userFields(message), parsed.updateMask?.paths ?? []);
  validateSpec(id, spec);
  const next = changedService(current, spec, Date.now());
  const retry = sameFields(current.spec, next.spec) ? failedLatest(parts, current) : '';
  return write(parts, { next, kind: 'update', validateOnly, retry });
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
  const service = revision === null ? next : { ...next, latestCreated: revision.id };
  if (validateOnly) return validated(parts, kind, service);
  if (revision !== null) store.put('revisions', revision.id, revision);
  store.put('services', service.id, service);
  const operation = operations.begin({
    kind,
    service: service.id,
    revision: revision?.id ?? retry,
    generation: service.generation,
  });
  reconciler.run(operation);
  await store.flush();
  return toOperationMessage(protos, store, operations.get(operation.id) ?? operation);
}

/** Deploying exactly the same again tries a failed revision again. */
function failedLatest({ store }: ApiParts, service: ServiceRecord): string {
  const latest = store.get('revisions', service.latestCreated);
  return latest?.state === 'failed' ? latest.id : '';
}

function cut({ store }: ApiParts, service: ServiceRecord): RevisionRecord | null {
  return cutRevision({
    service,
    previous: store.get('revisions', service.latestCreated),
    named: store.get('revisions', service.spec.template?.revision ?? ''),
    image: (key) => store.get('images', key),
    now: Date.now(),
  });
}

/** A finished operation that was never stored: nothing but the answer exists. */
function validated(parts: ApiParts, kind: 'create' | 'update', service: ServiceRecord): object {
  const now = Date.now();
  const operation: OperationRecord = {
    id: `validate-${randomUUID()}`,
    kind,
    service: service.id,
    revision: '',
    generation: service.generation,
    createdAt: now,
    finishedAt: now,
    error: null,
    result: toServiceMessage({ ...service, reconciling: false }),
  };
  return {
    ...toOperationMessage(parts.protos, parts.store, operation),
    name: operationName(operation.id),
  };
}

function listServices(parts: ApiParts, request: Request): object {
  const parsed = parseRequest(listRequest, request);
  requireLocalParent(parsed.parent);
  const all = parts.store.list('services').sort((a, b) => a.id.localeCompare(b.id));
  const { items, nextPageToken } = paginate(all, parsed);
  return { services: items.map(toServiceMessage), nextPageToken };
}

async function deleteService(parts: ApiParts, request: Request): Promise<object> {
  const { store, operations, reconciler, protos } = parts;
  const { name, etag, validateOnly } = parseRequest(deleteRequest, request);
  const service = requireService(parts, parseServiceName(name));
  requireEtag(service, etag, name);
  if (validateOnly) return validated(parts, 'update', service);
  const deletedAt = Date.now();
  store.put('services', service.id, { ...service, deletedAt, reconciling: true });
  const operation = operations.begin({
    kind: 'delete-service',
    service: service.id,
    revision: '',
    generation: service.generation,
  });
  reconciler.run(operation);
  await store.flush();
  return toOperationMessage(protos, store, operations.get(operation.id) ?? operation);
}
