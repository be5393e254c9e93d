import { LOCAL_SOURCE_BUCKET } from '@omni/contracts/local-cloud.ts';
import type { LocalBuilds } from '../build/local-builds.ts';
import { invalidArgument } from '../model/api-error.ts';
import { isStoredSource } from '../build/stored-source.ts';
import { requireLocalParent, shortName } from '../model/resource-names.ts';
import type { ApiParts } from './api-parts.ts';
import type { Handlers, Request } from './grpc-server.ts';
import { toOperationMessage } from './operation-message.ts';
import { parseRequest, submitBuildRequest } from './parse-request.ts';

const FOLDER = /^[a-z][a-z0-9-]*$/;

/** google.cloud.run.v2.Builds: a folder of the workspace, or an archive, becomes an image. */
export function buildsApi(parts: ApiParts, builds: LocalBuilds): Handlers {
  return { SubmitBuild: (request) => submitBuild(parts, builds, request) };
}

async function submitBuild(
  parts: ApiParts,
  builds: LocalBuilds,
  request: Request,
): Promise<object> {
  const { parent, storageSource, imageUri: asked } = parseRequest(submitBuildRequest, request);
  requireLocalParent(parent);
  const source = sourceOf(storageSource?.bucket ?? '', storageSource?.object ?? '');
  const imageUri = asked === '' ? `local/${shortName(source)}` : asked;
  const operation = builds.submit({ source, imageUri });
  await parts.store.flush();
  const current = parts.operations.get(operation.id) ?? operation;
  return { buildOperation: toOperationMessage(parts.protos, parts.store, current) };
}

/** A folder of the workspace by its name; an archive in any other bucket as `BUCKET/OBJECT`. */
function sourceOf(bucket: string, object: string): string {
  if (bucket === LOCAL_SOURCE_BUCKET) {
    if (FOLDER.test(object)) return object;
    throw invalidArgument('storage_source.object', 'must be the name of a service folder.');
  }
  if (isStoredSource(bucket, object)) return `${bucket}/${object}`;
  throw invalidArgument('storage_source', 'must name a bucket and an object in it.');
}
