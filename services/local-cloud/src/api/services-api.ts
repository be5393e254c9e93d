import { notFound } from '../model/api-error.ts';
import { parseServiceName, requireLocalParent, serviceName } from '../model/resource-names.ts';
import type { ServiceRecord } from '../model/resources.ts';
import { toServiceMessage } from '../model/to-message.ts';
import { recordDeletion } from '../reconcile/record-write.ts';
import { requireEtag } from '../reconcile/service-writes.ts';
import type { ApiParts } from './api-parts.ts';
import type { Handlers, Request } from './grpc-server.ts';
import { listPage } from './list-page.ts';
import { toOperationMessage } from './operation-message.ts';
import { deleteRequest, listRequest, namedRequest, parseRequest } from './parse-request.ts';
import { validated } from './validated.ts';
import { createService, racedByFault, updateService } from './write-service.ts';

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

function listServices(parts: ApiParts, request: Request): object {
  const parsed = parseRequest(listRequest, request);
  requireLocalParent(parsed.parent);
  const listing = {
    items: parts.store.list('services'),
    keyOf: ({ id }: ServiceRecord) => id,
    of: parsed.parent,
  };
  const { items, nextPageToken } = listPage(listing, parsed);
  return { services: items.map(toServiceMessage), nextPageToken };
}

async function deleteService(parts: ApiParts, request: Request): Promise<object> {
  const { store, operations, reconciler, protos } = parts;
  const { name, etag, validateOnly } = parseRequest(deleteRequest, request);
  const service = racedByFault(parts, requireService(parts, parseServiceName(name)));
  requireEtag(service, etag, name);
  const { id, generation } = service;
  if (validateOnly) {
    const result = toServiceMessage(service);
    return validated(parts, { kind: 'delete-service', service: id, generation, result });
  }
  const operation = recordDeletion(parts, service, Date.now());
  reconciler.run(operation);
  await store.flush();
  return toOperationMessage(protos, store, operations.get(operation.id) ?? operation);
}
