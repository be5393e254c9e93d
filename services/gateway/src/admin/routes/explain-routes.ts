import {
  explainAnswer,
  explainRequest,
  scopeTrial,
  scopeTrialRequest,
} from '@omni/contracts/gateway-admin/explain.ts';
import type { AdminParts } from '../admin-parts.ts';
import { explainDecision } from '../explain-decision.ts';
import { adminRoute } from '../http/admin-route.ts';
import type { AdminRoute } from '../http/admin-route.ts';
import { tryScopes } from '../try-scopes.ts';
import { refusal } from './key-answers.ts';

const refusals = {
  400: refusal('The request is wrong (`invalid_request`)'),
  404: refusal('No such key (`key_not_found`)'),
  503: refusal('The key store is not available (`keystore_unavailable`)'),
};

/** Decisions that are only thought of. They spend nothing and send nothing. */
export function explainRoutes(parts: AdminParts): readonly AdminRoute[] {
  return [explainRoute(parts), trialRoute(parts)];
}

function explainRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'POST', path: '/explain', role: 'operator', effect: 'read' },
    body: explainRequest,
    doc: {
      tag: 'Decisions',
      summary: 'What would happen to a request with this key, and why',
      description:
        'Asks the parts that decide, by the id of a key; no secret is needed. With `scopes`, what would happen if the key had these.',
      responses: {
        200: { description: 'The decision and every question on the way', schema: explainAnswer },
        ...refusals,
      },
      examples: [
        { name: 'A key of API_KEYS', body: { keyId: 'env_1', path: '/api/x' }, status: 200 },
        { name: 'Unknown key', body: { keyId: 'nobodyskey00', path: '/api/x' }, status: 404 },
        { name: 'No path', body: { keyId: 'env_1' }, status: 400 },
      ],
    },
    handle: async ({ body }) => ({ status: 200, body: await explainDecision(parts, body) }),
  });
}

function trialRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'POST', path: '/explain/scopes', role: 'operator', effect: 'read' },
    body: scopeTrialRequest,
    doc: {
      tag: 'Decisions',
      summary: 'What scopes would have refused in the last hour',
      description:
        'By the routes and methods that the key was used with. What instances of before counted has no methods, and paths without a route are not counted: `uncertain`.',
      responses: {
        200: { description: 'Each route with what the scopes say', schema: scopeTrial },
        ...refusals,
      },
      examples: [
        {
          name: 'Narrow',
          body: { keyId: 'env_1', scopes: ['POST /v1/embeddings'] },
          status: 200,
        },
        { name: 'Not a scope', body: { keyId: 'env_1', scopes: ['everything'] }, status: 400 },
      ],
    },
    handle: async ({ body }) => ({ status: 200, body: await tryScopes(parts, body) }),
  });
}
