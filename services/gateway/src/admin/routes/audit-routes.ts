import {
  auditEntry,
  auditPage,
  auditQuery,
  auditVerification,
} from '@omni/contracts/gateway-admin/audit.ts';
import { Readable } from 'node:stream';
import { readAuditBatch, readAuditPage } from '../../audit/read-audit.ts';
import type { AuditReader } from '../../audit/read-audit.ts';
import { verifyAudit } from '../../audit/verify-audit.ts';
import type { AdminParts } from '../admin-parts.ts';
import { requireDatabase } from '../admin-parts.ts';
import { adminRoute } from '../http/admin-route.ts';
import type { AdminRoute } from '../http/admin-route.ts';
import { refusal } from './key-answers.ts';

const EXPORT_BATCH = 500;
const NDJSON = 'application/x-ndjson';
const unavailable = { 503: refusal('The key store is not available (`keystore_unavailable`)') };

/** Read, verify, export. */
export function auditRoutes(parts: AdminParts): readonly AdminRoute[] {
  return [pageRoute(parts), verifyRoute(parts), exportRoute(parts)];
}

function pageRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'GET', path: '/audit', role: 'viewer', effect: 'read' },
    query: auditQuery,
    doc: {
      tag: 'Audit',
      summary: 'Who changed what, newest first',
      responses: {
        200: { description: 'A page of entries', schema: auditPage },
        400: refusal('A condition is wrong (`invalid_request`)'),
        ...unavailable,
      },
      examples: [
        { name: 'Newest', status: 200 },
        { name: 'Revocations', query: 'action=key.revoke&limit=10', status: 200 },
        { name: 'Wrong time', query: 'since=yesterday', status: 400 },
      ],
    },
    handle: async ({ query }) => {
      const { query: read } = await requireDatabase(parts);
      return { status: 200, body: await readAuditPage(read, query) };
    },
  });
}

function verifyRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'GET', path: '/audit/verify', role: 'viewer', effect: 'read' },
    doc: {
      tag: 'Audit',
      summary: 'Check the whole chain',
      description:
        'Names the first row that was changed, moved or removed, also from the end. `head` may be noted elsewhere: a chain that was written anew as a whole has another one.',
      responses: {
        200: { description: 'What was found', schema: auditVerification },
        ...unavailable,
      },
      examples: [{ name: 'Check', status: 200 }],
    },
    handle: async () => {
      const { query: read } = await requireDatabase(parts);
      return { status: 200, body: await verifyAudit(read) };
    },
  });
}

function exportRoute(parts: AdminParts): AdminRoute {
  return adminRoute({
    ...{ method: 'GET', path: '/audit/export', role: 'viewer', effect: 'read' },
    doc: {
      tag: 'Audit',
      summary: 'All entries with their hashes, oldest first',
      description: 'One JSON object per line; anyone can check the hashes without this gateway.',
      responses: {
        200: { description: 'NDJSON', contentType: NDJSON },
        ...unavailable,
      },
      examples: [{ name: 'Export', status: 200 }],
    },
    handle: async () => {
      const { query: read } = await requireDatabase(parts);
      // The first batch before the head of the answer: a store that is away is still a 503.
      const batches = exportLines(read);
      const first = await batches.next();
      return { status: 200, body: stream(first, batches), contentType: NDJSON };
    },
  });
}

async function* exportLines(read: AuditReader): AsyncGenerator<string> {
  let after = 0;
  for (;;) {
    const rows = await readAuditBatch(read, { after, limit: EXPORT_BATCH });
    yield rows.map((row) => `${JSON.stringify(auditEntry.parse(row))}\n`).join('');
    const last = rows.at(-1);
    if (rows.length < EXPORT_BATCH || last === undefined) return;
    after = last.seq;
  }
}

function stream(first: IteratorResult<string>, rest: AsyncGenerator<string>): Readable {
  return Readable.from(
    (async function* all(): AsyncGenerator<string> {
      if (first.done !== true) yield first.value;
      yield* rest;
    })(),
    { objectMode: false },
  );
}
