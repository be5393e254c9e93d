import {
  appliedConfig,
  configHistory,
  configHistoryQuery,
  configState,
  configVerdict,
  putConfigRequest,
  rollbackConfigRequest,
  validateConfigRequest,
} from '@omni/contracts/gateway-admin/config.ts';
import type { AdminParts } from '../admin-parts.ts';
import { changeConfig, currentConfig, toAppliedConfig } from '../change-config.ts';
import { adminRoute } from '../http/admin-route.ts';
import type { AdminRoute } from '../http/admin-route.ts';
import { existingHeaders, refusal } from './key-answers.ts';

const changeRefusals = {
  400: refusal('The request is wrong (`invalid_request`, `idempotency_key_required`)'),
  404: refusal('No such version (`config_version_not_found`)'),
  409: refusal('The configuration comes from a file (`config_read_only`)'),
  412: refusal('A newer version exists (`config_conflict`)'),
  422: refusal('It would not work; `problems` name the fields (`config_invalid`)'),
  428: refusal('If-Match is missing (`precondition_required`)'),
  503: refusal('The store is not available (`config_unavailable`)'),
};
const INVALID = { format: 1, upstreams: {}, routes: [] };

/** The routing document: read, check, put into force, look back, go back. */
export function configRoutes(parts: AdminParts): readonly AdminRoute[] {
  return [
    getRoute(parts),
    validateRoute(parts),
    putRoute(parts),
    historyRoute(parts),
    rollbackRoute(parts),
  ];
}

function getRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'GET', path: '/config', role: 'viewer', effect: 'read' },
    doc: {
      tag: 'Configuration',
      summary: 'The routing document in force',
      description: 'Version 0 was made from the environment.',
      responses: { 200: { description: 'Version and document', schema: configState } },
      examples: [{ name: 'Read', status: 200 }],
    },
    handle: async () => {
      const { version, document } = await currentConfig(parts);
      return { status: 200, body: { version, document }, etag: `v${version}` };
    },
  });
}

function validateRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'POST', path: '/config/validate', role: 'viewer', effect: 'read' },
    body: validateConfigRequest,
    doc: {
      tag: 'Configuration',
      summary: 'Check a document without using it',
      responses: {
        200: { description: 'Every problem with its field', schema: configVerdict },
        400: refusal('No document (`invalid_request`)'),
      },
      examples: [{ name: 'Without routes', body: { document: INVALID }, status: 200 }],
    },
    handle: ({ body }) => {
      const problems = parts.routing.validate(body.document);
      return Promise.resolve({ status: 200, body: { ok: problems.length === 0, problems } });
    },
  });
}

function putRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'PUT', path: '/config', role: 'admin', effect: 'existing' },
    body: putConfigRequest,
    doc: {
      tag: 'Configuration',
      summary: 'Put a document into force',
      description: 'As a whole, on every instance, without dropping a request; or not at all.',
      headers: existingHeaders,
      responses: {
        200: { description: 'The new version', schema: appliedConfig },
        ...changeRefusals,
      },
      examples: [{ name: 'Without routes', body: { document: INVALID }, status: 422 }],
    },
    handle: (call) => {
      const { document, comment } = call.body;
      return changeConfig(parts, { ...call, action: 'put', comment }, (change) =>
        parts.routing.apply(document, change),
      );
    },
  });
}

function historyRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'GET', path: '/config/history', role: 'viewer', effect: 'read' },
    query: configHistoryQuery,
    doc: {
      tag: 'Configuration',
      summary: 'Versions that were put into force, newest first',
      responses: {
        200: { description: 'Versions with their documents', schema: configHistory },
        400: refusal('The number is wrong (`invalid_request`)'),
        503: refusal('The store is not available (`config_unavailable`)'),
      },
      examples: [{ name: 'Newest five', query: 'limit=5', status: 200 }],
    },
    handle: async ({ query }) => {
      const versions = await parts.routing.history(query.limit);
      return { status: 200, body: { versions: versions.map(toAppliedConfig) } };
    },
  });
}

function rollbackRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'POST', path: '/config/rollback', role: 'admin', effect: 'existing' },
    body: rollbackConfigRequest,
    doc: {
      tag: 'Configuration',
      summary: 'Put an earlier version into force again',
      description: 'As a new version; history stays as it was.',
      headers: existingHeaders,
      responses: {
        200: { description: 'The new version', schema: appliedConfig },
        ...changeRefusals,
      },
      examples: [{ name: 'No such version', body: { version: 1_000_000 }, status: 404 }],
    },
    handle: (call) => {
      const { version, comment } = call.body;
      return changeConfig(parts, { ...call, action: 'rollback', comment }, (change) =>
        parts.routing.rollBack(version, change),
      );
    },
  });
}
