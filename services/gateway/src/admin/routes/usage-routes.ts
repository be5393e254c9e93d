import { keyParams } from '@omni/contracts/gateway-admin/keys.ts';
import { keyUsage, usageQuery } from '@omni/contracts/gateway-admin/usage.ts';
import type { AdminParts } from '../admin-parts.ts';
import { repositoryOf } from '../admin-parts.ts';
import { adminRoute } from '../http/admin-route.ts';
import type { AdminRoute } from '../http/admin-route.ts';
import { sumUsage } from '../sum-usage.ts';
import { refusal } from './key-answers.ts';

const HOUR_MS = 3_600_000;

/** What a key was used for. */
export function usageRoutes(parts: AdminParts): readonly AdminRoute[] {
  return [
    adminRoute({
      ...{ method: 'GET', path: '/keys/:id/usage', role: 'viewer', effect: 'read' },
      params: keyParams,
      query: usageQuery,
      doc: {
        tag: 'Keys',
        summary: 'What a key was used for',
        description:
          'By minute, by route and by secret. Requests arrive here within five seconds. Keys of API_KEYS are not counted in the store.',
        responses: {
          200: { description: 'Sums since then', schema: keyUsage },
          400: refusal('The time is wrong (`invalid_request`)'),
          404: refusal('No such key (`key_not_found`)'),
          503: refusal('The key store is not available (`keystore_unavailable`)'),
        },
        examples: [
          { name: 'Last day', params: { id: 'env_1' }, status: 200 },
          { name: 'Unknown', params: { id: 'nobodyskey00' }, query: 'hours=1', status: 404 },
          { name: 'Wrong time', params: { id: 'env_1' }, query: 'hours=0', status: 400 },
        ],
      },
      handle: async ({ params: { id = '' }, query }) => {
        await parts.flushUsage();
        const store = await repositoryOf(parts, id);
        const { key } = await store.get(id);
        const since = new Date(Date.now() - query.hours * HOUR_MS);
        return { status: 200, body: sumUsage(key, since, await store.readUsage(id, since)) };
      },
    }),
  ];
}
