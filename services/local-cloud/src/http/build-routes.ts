import type { IncomingMessage } from 'node:http';
import { LOCAL_SOURCE_BUCKET } from '@omni/contracts/local-cloud.ts';
import { z } from 'zod';
import { requirePermission } from '../api/permissions.ts';
import type { FaultBook } from '../faults/fault-book.ts';
import { ApiError, GRPC, notFound } from '../model/api-error.ts';
import { buildName } from '../model/resource-names.ts';
import type { OperationRecord } from '../model/resources.ts';
import type { Answer } from './answer.ts';

/** What the routes need to know of builds. */
export interface BuildSource {
  readonly faults: FaultBook;
  /** Newest first, of every kind. */
  readonly operations: { readonly list: () => readonly OperationRecord[] };
  readonly builds: { readonly cancel: (id: string) => void };
}

const PATH = /^\/v1\/(projects\/local\/locations\/local\/builds)(?:\/([\w-]+)(:cancel)?)?$/;
const METHODS = { get: 'GetBuild', list: 'ListBuilds', cancel: 'CancelBuild' } as const;

/**
 * Cloud Build's REST resource, as far as a submitted build needs it: get, list and cancel. Null when
 * the path is none of it. Errors have Google's JSON shape.
 */
export function buildRoutes(
  source: BuildSource,
  request: IncomingMessage,
  pathname: string,
): Answer | null {
  const match = PATH.exec(pathname);
  if (match === null) return null;
  const [, parent = '', id = '', cancel] = match;
  const action = actionOf(id, cancel !== undefined);
  if ((request.method === 'POST') !== (action === 'cancel')) return null;
  try {
    requirePermission(source.faults, METHODS[action], { name: `${parent}/${id}` });
    return { status: 200, body: act(source, action, id) };
  } catch (error) {
    if (error instanceof ApiError) return googleError(error);
    throw error;
  }
}

type Action = keyof typeof METHODS;

function actionOf(id: string, cancel: boolean): Action {
  if (id === '') return 'list';
  return cancel ? 'cancel' : 'get';
}

function act(source: BuildSource, action: Action, id: string): object {
  if (action === 'list') return { builds: allBuilds(source).map(toBuild) };
  const { id: known } = requireBuild(source, id);
  if (action === 'cancel') source.builds.cancel(known);
  return toBuild(requireBuild(source, known));
}

function allBuilds({ operations }: BuildSource): readonly OperationRecord[] {
  return operations.list().filter(({ kind }) => kind === 'build');
}

function requireBuild(source: BuildSource, id: string): OperationRecord {
  const found = allBuilds(source).find((build) => build.id === id);
  if (found === undefined) throw notFound(buildName(id));
  return found;
}

/** `Build` in its JSON form. */
function toBuild(operation: OperationRecord): object {
  const { id, service, createdAt, finishedAt } = operation;
  const created = new Date(createdAt).toISOString();
  return {
    name: buildName(id),
    id,
    projectId: 'local',
    source: { storageSource: sourceOf(service) },
    createTime: created,
    startTime: created,
    ...(finishedAt === null
      ? { status: 'WORKING' }
      : { finishTime: new Date(finishedAt).toISOString(), ...outcomeOf(operation) }),
  };
}

/** A folder of the workspace, or `BUCKET/OBJECT`. */
function sourceOf(source: string): object {
  const cut = source.indexOf('/');
  if (cut < 0) return { bucket: LOCAL_SOURCE_BUCKET, object: source };
  return { bucket: source.slice(0, cut), object: source.slice(cut + 1) };
}

/** An interrupted build has no result of its own. */
const result = z.object({
  status: z.string(),
  image: z.string().default(''),
  /** The image as it was asked for, with its tag. */
  name: z.string().default(''),
});

function outcomeOf(operation: OperationRecord): object {
  const { status, image, name } = result.safeParse(operation.result).data ?? INTERRUPTED;
  const [, digest = ''] = image.split('@');
  const detail = operation.error?.message;
  return {
    status,
    ...(digest === '' ? {} : { images: [name], results: { images: [{ name, digest }] } }),
    ...(detail === undefined
      ? {}
      : { statusDetail: detail, failureInfo: { type: 'USER_BUILD_STEP', detail } }),
  };
}

const INTERRUPTED = { status: 'INTERNAL_ERROR', image: '', name: '' };

const STATUS: Readonly<Record<number, readonly [http: number, name: string]>> = {
  [GRPC.notFound]: [404, 'NOT_FOUND'],
  [GRPC.permissionDenied]: [403, 'PERMISSION_DENIED'],
};

function googleError({ code, message, reason, domain, metadata }: ApiError): Answer {
  const [status, name] = STATUS[code] ?? [500, 'INTERNAL'];
  const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain, metadata };
  return { status, body: { error: { code: status, message, status: name, details: [info] } } };
}
