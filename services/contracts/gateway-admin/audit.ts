import { z } from 'zod';
import { cursor, pageLimit, plainText } from './plain-text.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * One change. `hash` is SHA-256 over the canonical JSON (sorted keys, no spaces) of all other
 * members, so anyone who has the rows can check the chain.
 */
export const auditEntry = z.object({
  seq: z.number().int().positive(),
  at: z.iso.datetime(),
  actor: z.string(),
  role: z.enum(['viewer', 'operator', 'admin', 'system']),
  reason: z.string(),
  requestId: z.string(),
  action: z.string(),
  target: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  prevHash: hash,
  hash,
});

export const auditQuery = z.object({
  target: plainText(120).optional().describe('Only this target, for example `key:<id>`'),
  actor: plainText(120).optional().describe('Only changes by this actor'),
  action: plainText(60).optional().describe('Only this action, for example `key.revoke`'),
  since: z.iso.datetime().optional().describe('Not before this time'),
  until: z.iso.datetime().optional().describe('Before this time'),
  cursor: cursor.optional().describe('`nextCursor` of the page before'),
  limit: pageLimit(50).describe('Entries per page'),
});
export type AuditQuery = z.output<typeof auditQuery>;

/** Newest first. */
export const auditPage = z.object({
  entries: z.array(auditEntry),
  nextCursor: z.string().nullable(),
});

/** Why a row is broken; `missing` also when rows are gone from the end. */
export const auditProblem = z.enum(['hash_differs', 'link_differs', 'missing', 'head_differs']);

export const auditVerification = z.object({
  ok: z.boolean(),
  checked: z.number().int(),
  head: z.object({ count: z.number().int(), hash }),
  firstBroken: z.object({ seq: z.number().int(), problem: auditProblem }).nullable(),
});
export type AuditVerification = z.infer<typeof auditVerification>;
