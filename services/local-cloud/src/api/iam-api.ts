import { isHeld } from '../faults/held-permissions.ts';
import { etagConflict, invalidArgument } from '../model/api-error.ts';
import { parseServiceName, serviceName } from '../model/resource-names.ts';
import type { PolicyRecord } from '../model/resources.ts';
import type { ApiParts } from './api-parts.ts';
import type { Handlers, Request } from './grpc-server.ts';
import { iamRequest, parseRequest } from './parse-request.ts';
import { requireService } from './services-api.ts';

/** The IAM methods of google.cloud.run.v2.Services. Stored and returned, never enforced here. */
export function iamApi(parts: ApiParts): Handlers {
  return {
    GetIamPolicy: (request) => toPolicy(readPolicy(parts, resourceOf(parts, request))),
    SetIamPolicy: (request) => setPolicy(parts, request),
    TestIamPermissions: (request) => {
      resourceOf(parts, request);
      const asked = parseRequest(iamRequest, request).permissions;
      return { permissions: asked.filter((permission) => isHeld(parts.faults, permission)) };
    },
  };
}

function resourceOf(parts: ApiParts, request: Request): string {
  const { resource } = parseRequest(iamRequest, request);
  return requireService(parts, parseServiceName(resource)).id;
}

function readPolicy({ store }: ApiParts, service: string): PolicyRecord {
  return store.get('policies', service) ?? { version: 0, bindings: [] };
}

async function setPolicy(parts: ApiParts, request: Request): Promise<object> {
  const service = resourceOf(parts, request);
  const { policy } = parseRequest(iamRequest, request);
  if (policy === null || policy === undefined) throw invalidArgument('policy', 'is required.');
  const current = readPolicy(parts, service);
  const etag = policy.etag?.toString() ?? '';
  if (etag !== '' && etag !== etagOf(current)) throw etagConflict(serviceName(service));
  const next = { version: current.version + 1, bindings: policy.bindings };
  parts.store.put('policies', service, next);
  await parts.store.flush();
  return toPolicy(next);
}

function etagOf({ version }: PolicyRecord): string {
  return `v${version}`;
}

function toPolicy(policy: PolicyRecord): object {
  return { version: 1, bindings: policy.bindings, etag: Buffer.from(etagOf(policy)) };
}
