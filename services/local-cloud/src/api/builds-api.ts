import { LOCAL_SOURCE_BUCKET } from '@omni/contracts/local-cloud.ts';
import type { LocalBuilds } from '../build/local-builds.ts';
import { invalidArgument } from '../model/api-error.ts';
import { requireLocalParent } from '../model/resource-names.ts';
import type { ApiParts } from './api-parts.ts';
import type { Handlers, Request } from './grpc-server.ts';
import { toOperationMessage } from './operation-message.ts';
import { parseRequest, submitBuildRequest } from './parse-request.ts';

const FOLDER = /^[a-z][a-z0-9-]*$/;

/** google.cloud.run.v2.Builds: a folder of the workspace becomes an image. */
export function buildsApi(parts: ApiParts, builds: LocalBuilds): Handlers {
  return { SubmitBuild: (request) => submitBuild(parts, builds, request) };
}

async function submitBuild(
  parts: ApiParts,
  builds: LocalBuilds,
  request: Request,
): Promise<object> {
  const { parent, storageSource, imageUri } = parseRequest(submitBuildRequest, request);
  requireLocalParent(parent);
  if (storageSource?.bucket !== LOCAL_SOURCE_BUCKET)
    throw invalidArgument('storage_source.bucket', `must be '${LOCAL_SOURCE_BUCKET}' here.`);
  const source = storageSource.object;
  if (!FOLDER.test(source))
    throw invalidArgument('storage_source.object', 'must be the name of a service folder.');
  const operation = builds.submit({ source, imageUri: imageUri || `local/${source}` });
  await parts.store.flush();
  const current = parts.operations.get(operation.id) ?? operation;
  return { buildOperation: toOperationMessage(parts.protos, parts.store, current) };
}
