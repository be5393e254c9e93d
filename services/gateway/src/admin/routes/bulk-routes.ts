import {
  bulkAnswer,
  bulkRequest,
  scanAnswer,
  scanRequest,
} from '@omni/contracts/gateway-admin/bulk.ts';
import type { AdminParts } from '../admin-parts.ts';
import { changeMany } from '../change-many.ts';
import { findKeys } from '../find-keys.ts';
import { adminRoute } from '../http/admin-route.ts';
import type { AdminRoute } from '../http/admin-route.ts';
import { newHeaders, refusal } from './key-answers.ts';

/** A thousand ids. */
const BODY_LIMIT_BYTES = 128 * 1024;
const unavailable = { 503: refusal('The key store is not available (`keystore_unavailable`)') };

/** Look up ids that were found somewhere, and act on many at once. */
export function bulkRoutes(parts: AdminParts): readonly AdminRoute[] {
  return [scanRoute(parts), bulkRoute(parts)];
}

function scanRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'POST', path: '/keys/scan', role: 'operator', effect: 'read' },
    bodyLimitBytes: BODY_LIMIT_BYTES,
    body: scanRequest,
    doc: {
      tag: 'Leaks',
      summary: 'Which keys belong to ids that were found',
      description:
        'Find the ids offline (`scan-text.ts`): the text that leaked never comes here. Nothing is changed.',
      responses: {
        200: { description: 'Keys that exist, and ids that are none of ours', schema: scanAnswer },
        400: refusal('Not ids (`invalid_request`)'),
        ...unavailable,
      },
      examples: [
        { name: 'One of ours, one not', body: { ids: ['env_1', 'nobodyskey00'] }, status: 200 },
        { name: 'A text', body: { ids: ['key = "omni_live_..."'] }, status: 400 },
      ],
    },
    handle: async ({ body }) => ({ status: 200, body: await findKeys(parts, body.ids) }),
  });
}

function bulkRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'POST', path: '/keys/bulk', role: 'operator', effect: 'new' },
    bodyLimitBytes: BODY_LIMIT_BYTES,
    body: bulkRequest,
    doc: {
      tag: 'Leaks',
      summary: 'Revoke, disable, enable or delete many keys',
      description:
        '`confirmCount` is what the operator typed: the number of different ids. Each key is a change of its own; the answer names those that failed. Deleting needs the role admin.',
      headers: newHeaders,
      responses: {
        200: { description: 'What became of each', schema: bulkAnswer },
        400: refusal('The request is wrong (`invalid_request`, `idempotency_key_required`)'),
        409: refusal('The typed count is another one (`confirmation_mismatch`)'),
        ...unavailable,
      },
      examples: [
        {
          name: 'An unknown key fails alone',
          body: { action: 'revoke', ids: ['nobodyskey00'], confirmCount: 1, reason: 'leaked' },
          status: 200,
        },
        {
          name: 'Wrong count',
          body: { action: 'revoke', ids: ['nobodyskey00'], confirmCount: 2 },
          status: 409,
        },
      ],
    },
    handle: (call) => changeMany(parts, call),
  });
}
