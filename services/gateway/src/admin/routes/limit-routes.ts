import {
  limitParams,
  limitQuery,
  limitReset,
  limitResetRequest,
  limitStates,
} from '@omni/contracts/gateway-admin/limit-states.ts';
import type { z } from 'zod';
import { appendAudit } from '../../audit/append-audit.ts';
import type { LimitAdmin, LimitTarget } from '../../limit/limit-admin.ts';
import { NO_ROUTE } from '../../limit/limit-plan.ts';
import type { AdminParts } from '../admin-parts.ts';
import { repositoryOf } from '../admin-parts.ts';
import { AdminError } from '../http/admin-error.ts';
import { adminRoute } from '../http/admin-route.ts';
import type { AdminAnswer, AdminCall, AdminRoute } from '../http/admin-route.ts';
import { newHeaders, refusal } from './key-answers.ts';

const PATH = '/limits/:policy/:subject';
const refusals = {
  404: refusal('No such key, or it has no such limit (`key_not_found`, `limit_not_found`)'),
  503: refusal('The store of keys or limits is not available (`keystore_unavailable`)'),
};
const NO_LIMIT = { params: { policy: 'nosuchlimit', subject: 'env_1' }, status: 404 };

/** What a key has spent of its limits: look, and forget. */
export function limitRoutes(parts: AdminParts): readonly AdminRoute[] {
  return [peekRoute(parts), resetRoute(parts)];
}

function peekRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'GET', path: PATH, role: 'viewer', effect: 'read' },
    params: limitParams,
    query: limitQuery,
    doc: {
      tag: 'Limits',
      summary: 'How much of a limit is left for a key',
      description:
        'The subject is the id of a key. Asking spends nothing. Without a shared store it is the count of the instance that answers.',
      responses: { 200: { description: 'Its state', schema: limitStates }, ...refusals },
      examples: [{ name: 'No such limit', ...NO_LIMIT }],
    },
    handle: async ({ params, query }) => {
      const { limits, quotas } = await limitAdmin(parts).peek(await targetOf(parts, params, query));
      const body = {
        limits: limits.filter(({ policy: { id } }) => id === params['policy']),
        quotas: quotas.filter(({ quota: { id } }) => id === params['policy']),
      };
      if (body.limits.length + body.quotas.length === 0) throw new AdminError('limit_not_found');
      return { status: 200, body };
    },
  });
}

function resetRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'DELETE', path: PATH, role: 'operator', effect: 'new' },
    params: limitParams,
    query: limitQuery,
    body: limitResetRequest,
    doc: {
      tag: 'Limits',
      summary: 'Forget what a key has spent of a limit',
      headers: newHeaders,
      responses: {
        200: { description: 'How many limits and quotas were reset', schema: limitReset },
        400: refusal('The request is wrong (`invalid_request`, `idempotency_key_required`)'),
        ...refusals,
      },
      examples: [{ name: 'No such limit', ...NO_LIMIT }],
    },
    handle: async (call) => {
      const target = await targetOf(parts, call.params, call.query);
      const reset = await limitAdmin(parts).reset(target, call.params['policy'] ?? '');
      if (reset === 0) throw new AdminError('limit_not_found');
      const answer = { status: 200, body: { reset } };
      await record(parts, call, answer);
      return answer;
    },
  });
}

function limitAdmin({ limits }: AdminParts): LimitAdmin {
  if (limits === null) throw new AdminError('limit_not_found');
  return limits;
}

async function targetOf(
  parts: AdminParts,
  { subject = '' }: Readonly<Record<string, string>>,
  { route, address }: z.output<typeof limitQuery>,
): Promise<LimitTarget> {
  const { key } = await (await repositoryOf(parts, subject)).get(subject);
  return {
    key,
    route:
      (route === undefined ? undefined : parts.routing.current.routeNamed(route))?.limited ??
      NO_ROUTE,
    ...(address === undefined ? {} : { address }),
  };
}

/** Counts are not in the database of the audit log: the entry follows the reset. */
async function record(
  { database }: AdminParts,
  call: AdminCall<z.output<typeof limitResetRequest>>,
  answer: AdminAnswer,
): Promise<void> {
  if (database === null) return;
  const { policy = '', subject = '' } = call.params;
  await (
    await database()
  ).transaction(async (client) => {
    await appendAudit(client, {
      ...call.origin(call.body.reason),
      action: 'limit.reset',
      target: `limit:${policy}/${subject}`,
      before: null,
      after: null,
    });
    await call.remember(client, answer);
  });
}
