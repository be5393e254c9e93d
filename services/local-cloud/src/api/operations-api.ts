import { notFound } from '../model/api-error.ts';
import { parseOperationName, requireLocalParent } from '../model/resource-names.ts';
import type { OperationRecord } from '../model/resources.ts';
import type { LocalBuilds } from '../build/local-builds.ts';
import type { ApiParts } from './api-parts.ts';
import type { Handlers, Request } from './grpc-server.ts';
import { toOperationMessage } from './operation-message.ts';
import { listPage, newestFirst } from './list-page.ts';
import { listRequest, namedRequest, parseRequest, waitRequest } from './parse-request.ts';

const LONGEST_WAIT_MS = 30_000;

/** google.longrunning.Operations. Only builds can be cancelled, as on Cloud Run. */
export function operationsApi(parts: ApiParts, builds: LocalBuilds): Handlers {
  const message = (record: OperationRecord): object =>
    toOperationMessage(parts.protos, parts.store, record);
  return {
    GetOperation: (request) => message(requireOperation(parts, request)),
    WaitOperation: (request) => waitOperation(parts, request),
    ListOperations: (request) => listOperations(parts, request),
    CancelOperation: (request) => {
      builds.cancel(requireOperation(parts, request).id);
      return {};
    },
    DeleteOperation: (request) => {
      parts.operations.remove(requireOperation(parts, request).id);
      return {};
    },
  };
}

function requireOperation({ operations }: ApiParts, request: Request): OperationRecord {
  const { name } = parseRequest(namedRequest, request);
  const record = operations.get(parseOperationName(name));
  if (record === undefined) throw notFound(name);
  return record;
}

async function waitOperation(parts: ApiParts, request: Request): Promise<object> {
  const { id } = requireOperation(parts, request);
  const seconds = parseRequest(waitRequest, request).timeout?.seconds ?? 0;
  await parts.operations.wait(id, seconds > 0 ? seconds * 1000 : LONGEST_WAIT_MS);
  return toOperationMessage(parts.protos, parts.store, requireOperation(parts, request));
}

function listOperations(parts: ApiParts, request: Request): object {
  const { name } = parseRequest(namedRequest, request);
  requireLocalParent(name.replace(/\/operations$/, ''));
  const parsed = parseRequest(listRequest, { ...request, parent: name });
  const { items, nextPageToken } = listPage(
    {
      items: parts.operations.list(),
      keyOf: ({ createdAt, id }) => newestFirst(createdAt, id),
      of: name,
    },
    parsed,
  );
  const operations = items.map((record) => toOperationMessage(parts.protos, parts.store, record));
  return { operations, nextPageToken };
}
