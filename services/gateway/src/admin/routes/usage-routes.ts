import { keyParams } from '@omni/contracts/gateway-admin/keys.ts';
import {
  hygieneAnswer,
  hygieneQuery,
  keySources,
  keyUsage,
  usageQuery,
} from '@omni/contracts/gateway-admin/usage.ts';
import type { AdminParts } from '../admin-parts.ts';
import { repositoryOf } from '../admin-parts.ts';
import { adminRoute } from '../http/admin-route.ts';
import type { AdminRoute } from '../http/admin-route.ts';
import { findHygiene } from '../find-hygiene.ts';
import { sumUsage } from '../sum-usage.ts';
import { toKeySources } from '../to-key-sources.ts';
import { refusal } from './key-answers.ts';

const HOUR_MS = 3_600_000;

/** What keys are used for, from where, and what about them should be looked at. */
export function usageRoutes(parts: AdminParts): readonly AdminRoute[] {
  return [usageRoute(parts), sourcesRoute(parts), hygieneRoute(parts)];
}

function usageRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
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
  });
}

function sourcesRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'GET', path: '/keys/:id/sources', role: 'viewer', effect: 'read' },
    params: keyParams,
    doc: {
      tag: 'Keys',
      summary: 'From where a key is used, and the address ranges that this suggests',
      description:
        'IPv6 addresses by their /64, agents by product and major version; at most 100 of each are kept, the latest. Keys of API_KEYS are not counted in the store.',
      responses: {
        200: { description: 'Addresses and agents, latest first', schema: keySources },
        404: refusal('No such key (`key_not_found`)'),
        503: refusal('The key store is not available (`keystore_unavailable`)'),
      },
      examples: [
        { name: 'A key of API_KEYS', params: { id: 'env_1' }, status: 200 },
        { name: 'Unknown', params: { id: 'nobodyskey00' }, status: 404 },
      ],
    },
    handle: async ({ params: { id = '' } }) => {
      await parts.flushUsage();
      const store = await repositoryOf(parts, id);
      const { key } = await store.get(id);
      return { status: 200, body: toKeySources(key.id, await store.readSources(id)) };
    },
  });
}

function hygieneRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'GET', path: '/hygiene', role: 'viewer', effect: 'read' },
    query: hygieneQuery,
    doc: {
      tag: 'Keys',
      summary: 'What about keys should be looked at',
      description:
        'Active keys that are unused, never expire, are weak, have scopes that nobody uses, are used from new places or fail all at once; each with the change that would narrow it.',
      responses: {
        200: { description: 'Findings, by key', schema: hygieneAnswer },
        400: refusal('The number of days is wrong (`invalid_request`)'),
        503: refusal('The key store is not available (`keystore_unavailable`)'),
      },
      examples: [
        { name: 'As it is', status: 200 },
        { name: 'Wrong number', query: 'days=0', status: 400 },
      ],
    },
    handle: async ({ query: { days } }) => {
      await parts.flushUsage();
      return { status: 200, body: await findHygiene(parts, days) };
    },
  });
}
