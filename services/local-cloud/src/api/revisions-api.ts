import { etagConflict, failedPrecondition, notFound } from '../model/api-error.ts';
import {
  parseRevisionName,
  parseServiceName,
  requireLocalParent,
  revisionName,
} from '../model/resource-names.ts';
import type { RevisionRecord } from '../model/resources.ts';
import { revisionEtag, toRevisionMessage } from '../model/to-message.ts';
import type { ApiParts } from './api-parts.ts';
import type { Handlers, Request } from './grpc-server.ts';
import { toOperationMessage } from './operation-message.ts';
import { listPage, newestFirst } from './list-page.ts';
import { deleteRequest, listRequest, namedRequest, parseRequest } from './parse-request.ts';
import { requireService } from './services-api.ts';
import { validated } from './validated.ts';

/** google.cloud.run.v2.Revisions. */
export function revisionsApi(parts: ApiParts): Handlers {
  return {
    GetRevision: (request) => {
      const revision = requireRevision(parts, parseRequest(namedRequest, request).name);
      return toRevisionMessage(revision, isActive(parts, revision));
    },
    ListRevisions: (request) => listRevisions(parts, request),
    DeleteRevision: (request) => deleteRevision(parts, request),
  };
}

function requireRevision({ store }: ApiParts, name: string): RevisionRecord {
  const { service, revision: id } = parseRevisionName(name);
  const revision = store.get('revisions', id);
  if (revision?.service !== service) throw notFound(name);
  return revision;
}

/** Has traffic or a tag. */
function isActive({ store }: ApiParts, revision: RevisionRecord): boolean {
  const service = store.get('services', revision.service);
  return service?.served.some((target) => target.revision === revision.id) ?? false;
}

/** Newest first; `services/-` spans all services. */
function listRevisions(parts: ApiParts, request: Request): object {
  const parsed = parseRequest(listRequest, request);
  const wildcard = parsed.parent.endsWith('/services/-');
  if (wildcard) requireLocalParent(parsed.parent.slice(0, -'/services/-'.length));
  const id = wildcard ? null : requireService(parts, parseServiceName(parsed.parent)).id;
  const all = parts.store.list('revisions');
  const { items, nextPageToken } = listPage(
    {
      items: id === null ? all : all.filter(({ service }) => service === id),
      keyOf: ({ createdAt, generation, id }) => newestFirst(createdAt, newestFirst(generation, id)),
      of: parsed.parent,
    },
    parsed,
  );
  const revisions = items.map((revision) => toRevisionMessage(revision, isActive(parts, revision)));
  return { revisions, nextPageToken };
}

async function deleteRevision(parts: ApiParts, request: Request): Promise<object> {
  const { store, operations, reconciler, protos } = parts;
  const { name, etag, validateOnly } = parseRequest(deleteRequest, request);
  const revision = requireRevision(parts, name);
  if (etag !== '' && etag !== revisionEtag(revision)) throw etagConflict(name);
  requireUnused(parts, revision);
  if (validateOnly)
    return validated(parts, {
      kind: 'delete-revision',
      service: revision.service,
      generation: revision.generation,
      result: toRevisionMessage(revision, false),
    });
  const operation = operations.begin({
    kind: 'delete-revision',
    service: revision.service,
    revision: revision.id,
    generation: revision.generation,
  });
  reconciler.run(operation);
  await store.flush();
  return toOperationMessage(protos, store, operations.get(operation.id) ?? operation);
}

function requireUnused(parts: ApiParts, revision: RevisionRecord): void {
  const service = requireService(parts, revision.service);
  const latest = service.latestCreated === revision.id || service.latestReady === revision.id;
  if (latest || isActive(parts, revision))
    throw failedPrecondition(
      revisionName(revision.service, revision.id),
      'The revision is the latest one, receives traffic or carries a tag, and cannot be deleted.',
    );
}
