import { createdKey, reasonRequest, rotateKeyRequest } from '@omni/contracts/gateway-admin/keys.ts';
import type { ExampleDoc, RouteDoc } from '@omni/kit/api-docs/route-doc.ts';
import type { ChangeContext, ChangedKey } from '../../keys/key-change.ts';
import type { KeyRepository } from '../../keys/key-repository.ts';
import type { AdminParts } from '../admin-parts.ts';
import { adminRoute } from '../http/admin-route.ts';
import type { AdminRoute } from '../http/admin-route.ts';
import { rotateKey } from '../rotate-key.ts';
import {
  changedKeyDoc,
  changeKey,
  existingHeaders,
  keyParams,
  keyRefusals,
} from './key-answers.ts';

type Apply = (store: KeyRepository, id: string, context: ChangeContext) => Promise<ChangedKey>;

/** Rotate, retire, revoke, disable, enable, delete, restore. */
export function keyChangeRoutes(parts: AdminParts): readonly AdminRoute[] {
  const changes: readonly [Pick<AdminRoute, 'method' | 'path' | 'role'>, Words, Apply][] = [
    [
      { method: 'POST', path: '/keys/:id/retire-old', role: 'operator' },
      {
        summary: 'End the older secret of a rotation',
        description: 'At once; nothing happens when there is none.',
      },
      (store, id, context) => store.retireOld(id, context),
    ],
    [
      { method: 'POST', path: '/keys/:id/revoke', role: 'operator' },
      {
        summary: 'Revoke a key for good',
        description: 'Every instance refuses it within a second; open streams are ended.',
      },
      (store, id, context) => store.revoke(id, context.origin.reason, context),
    ],
    [
      { method: 'POST', path: '/keys/:id/disable', role: 'operator' },
      { summary: 'Refuse a key until it is enabled', description: 'As fast as a revocation.' },
      (store, id, context) => store.disable(id, context),
    ],
    [
      { method: 'POST', path: '/keys/:id/enable', role: 'operator' },
      { summary: 'Accept a disabled key again', description: 'Revoked keys stay revoked.' },
      (store, id, context) => store.enable(id, context),
    ],
    [
      { method: 'DELETE', path: '/keys/:id', role: 'admin' },
      {
        summary: 'Delete a key',
        description: 'Refused and hidden at once; `restore` brings it back for seven days.',
      },
      (store, id, context) => store.remove(id, context),
    ],
    [
      { method: 'POST', path: '/keys/:id/restore', role: 'admin' },
      {
        summary: 'Restore a deleted key',
        description: 'It comes back disabled, and revoked if it was.',
      },
      (store, id, context) => store.restore(id, context),
    ],
  ];
  return [rotateRoute(parts), ...changes.map((change) => changeRoute(parts, change))];
}

type Words = Pick<RouteDoc, 'summary' | 'description'>;

/** Two that can be sent as they are, whatever keys there are. */
const EXAMPLES: readonly ExampleDoc[] = [
  { name: 'Unknown key', params: { id: 'nobodyskey00' }, body: {}, status: 404 },
  { name: 'A key of API_KEYS', params: { id: 'env_1' }, body: { reason: 'leaked' }, status: 409 },
];

function changeRoute(
  parts: AdminParts,
  [route, words, apply]: readonly [Pick<AdminRoute, 'method' | 'path' | 'role'>, Words, Apply],
): AdminRoute {
  return adminRoute({
    ...route,
    effect: 'existing',
    params: keyParams,
    body: reasonRequest,
    doc: {
      ...words,
      tag: 'Changes of a key',
      headers: existingHeaders,
      responses: { 200: changedKeyDoc, ...keyRefusals },
      examples: EXAMPLES,
    },
    handle: (call) => changeKey(parts, call, apply),
  });
}

function rotateRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'POST', path: '/keys/:id/rotate', role: 'operator', effect: 'existing' },
    params: keyParams,
    body: rotateKeyRequest,
    doc: {
      tag: 'Changes of a key',
      summary: 'Give a key a new secret',
      description:
        'The id stays. The older secret works for `overlapSeconds`, never longer than the key itself. The new secret is shown this once.',
      headers: existingHeaders,
      responses: {
        200: { description: 'The key and its new secret', schema: createdKey },
        ...keyRefusals,
      },
      examples: EXAMPLES,
    },
    handle: (call) => rotateKey(parts, call),
  });
}
