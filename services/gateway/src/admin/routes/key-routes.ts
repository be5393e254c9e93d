import {
  createdKey,
  createKeyRequest,
  keyList,
  keyRecord,
  listKeysQuery,
  patchKeyRequest,
} from '@omni/contracts/gateway-admin/keys.ts';
import type { ListKeysQuery } from '@omni/contracts/gateway-admin/keys.ts';
import type { z } from 'zod';
import type { KeyPatch } from '../../keys/key-change.ts';
import type { KeyPage, StoredKey } from '../../keys/key-repository.ts';
import type { AdminParts } from '../admin-parts.ts';
import { repositoryOf } from '../admin-parts.ts';
import { createKey } from '../create-key.ts';
import { adminRoute } from '../http/admin-route.ts';
import type { AdminRoute } from '../http/admin-route.ts';
import { toKeyRecord } from '../to-key-record.ts';
import {
  changedKeyDoc,
  changeKey,
  etagOf,
  existingHeaders,
  keyParams,
  keyRefusals,
  newHeaders,
  refusal,
} from './key-answers.ts';

/** List, read, create, patch. */
export function keyRoutes(parts: AdminParts): readonly AdminRoute[] {
  return [listRoute(parts), getRoute(parts), createRoute(parts), patchRoute(parts)];
}

function listRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'GET', path: '/keys', role: 'viewer', effect: 'read' },
    query: listKeysQuery,
    doc: {
      tag: 'Keys',
      summary: 'List keys',
      description:
        'Newest first, page by page; keys of API_KEYS come last. Deleted keys only with `state=deleted`.',
      responses: {
        200: { description: 'A page of keys, never a secret', schema: keyList },
        400: refusal('A condition is wrong (`invalid_request`)'),
        503: refusal('The key store is not available (`keystore_unavailable`)'),
      },
      examples: [
        { name: 'All', status: 200 },
        { name: 'Active, by name', query: 'state=active&q=app&limit=10', status: 200 },
        { name: 'Not a state', query: 'state=asleep', status: 400 },
      ],
    },
    handle: async ({ query }) => {
      await parts.flushUsage();
      const stored = await storedPage(parts, query);
      const fixed = stored.next === null ? await staticKeys(parts, query) : [];
      const keys = [...stored.keys, ...fixed].map((key) => toKeyRecord(key));
      return { status: 200, body: { keys, epoch: stored.epoch, nextCursor: stored.next } };
    },
  });
}

async function storedPage({ openStore }: AdminParts, query: ListKeysQuery): Promise<KeyPage> {
  if (openStore === null) return { keys: [], epoch: 0, next: null };
  const { env: environment, ...rest } = query;
  return (await openStore()).list({ ...rest, environment });
}

async function staticKeys(parts: AdminParts, query: ListKeysQuery): Promise<readonly StoredKey[]> {
  const { state = 'active', env, tag, q = '' } = query;
  if (state !== 'active' || tag !== undefined) return [];
  const { keys } = await parts.staticKeys.list();
  const part = q.toLowerCase();
  return keys.filter(
    ({ environment, name, id }) =>
      (env === undefined || environment === env) &&
      (name.toLowerCase().includes(part) || id.startsWith(part)),
  );
}

function getRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'GET', path: '/keys/:id', role: 'viewer', effect: 'read' },
    params: keyParams,
    doc: {
      tag: 'Keys',
      summary: 'Read a key',
      description: 'The ETag is what a change of it must name in If-Match.',
      responses: {
        200: { description: 'The key', schema: keyRecord },
        404: refusal('No such key (`key_not_found`)'),
        503: refusal('The key store is not available (`keystore_unavailable`)'),
      },
      examples: [
        { name: 'The first of API_KEYS', params: { id: 'env_1' }, status: 200 },
        { name: 'Unknown', params: { id: 'nobodyskey00' }, status: 404 },
      ],
    },
    handle: async ({ params: { id = '' } }) => {
      await parts.flushUsage();
      const { key } = await (await repositoryOf(parts, id)).get(id);
      return { status: 200, body: toKeyRecord(key), etag: etagOf(key) };
    },
  });
}

function createRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'POST', path: '/keys', role: 'operator', effect: 'new' },
    body: createKeyRequest,
    doc: {
      tag: 'Keys',
      summary: 'Create a key',
      description:
        'The answer shows the secret, this once. A repeated request answers 409 `secret_already_shown` with the id: make another key if the first answer was lost.',
      headers: newHeaders,
      responses: {
        201: { description: 'The key and its secret', schema: createdKey },
        400: refusal('The request is wrong (`invalid_request`, `idempotency_key_required`)'),
        409: refusal('A repetition; its secret was shown (`secret_already_shown`)'),
        422: refusal('The Idempotency-Key belongs to another request (`idempotency_key_reused`)'),
        503: refusal('The key store is not available (`keystore_unavailable`)'),
      },
      examples: [
        { name: 'Plain', body: { name: 'mobile app' }, status: 201 },
        {
          name: 'Narrow',
          body: {
            name: 'batch job',
            environment: 'test',
            expiresAt: '2031-01-01T00:00:00.000Z',
            scopes: ['POST /v1/embeddings'],
            cidrs: ['10.0.0.0/8'],
            limits: [{ id: 'minute', kind: 'exact', limit: 100, windowSeconds: 60 }],
            tags: ['batch'],
          },
          status: 201,
        },
        { name: 'Without a name', body: { name: '' }, status: 400 },
      ],
    },
    handle: (call) => createKey(parts, call),
  });
}

function patchRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'PATCH', path: '/keys/:id', role: 'operator', effect: 'existing' },
    params: keyParams,
    body: patchKeyRequest,
    doc: {
      tag: 'Keys',
      summary: 'Change a key',
      description: 'Members that are left out stay as they are. Secrets are changed by `rotate`.',
      headers: existingHeaders,
      responses: { 200: changedKeyDoc, ...keyRefusals },
      examples: [
        {
          name: 'Rename one of API_KEYS',
          params: { id: 'env_1' },
          body: { name: 'new' },
          status: 409,
        },
      ],
    },
    handle: (call) =>
      changeKey(parts, call, (store, id, context) =>
        store.patch(id, toKeyPatch(call.body), context),
      ),
  });
}

function toKeyPatch(body: z.output<typeof patchKeyRequest>): KeyPatch {
  const { reason: _reason, expiresAt, ...rest } = body;
  const patch = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined),
  ) as KeyPatch;
  if (expiresAt !== undefined) {
    patch.expiresAt = expiresAt === null ? null : new Date(expiresAt);
  }
  return patch;
}
