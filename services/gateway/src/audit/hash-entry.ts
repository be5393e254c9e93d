import { createHash } from 'node:crypto';
import type { AuditRow } from './audit-entry.ts';
import { canonicalJson } from './canonical-json.ts';

/** What comes before the first entry. */
export const FIRST_PREV_HASH = '0'.repeat(64);

/** The hash that a row must carry: over everything in it, with the hash of the row before. */
export function hashEntry(row: Omit<AuditRow, 'hash'>): string {
  const { seq, at, actor, role, reason, requestId, action, target, before, after, prevHash } = row;
  const hashed = { seq, at, actor, role, reason, requestId, action, target, prevHash };
  return createHash('sha256')
    .update(canonicalJson({ ...hashed, before: before ?? null, after: after ?? null }))
    .digest('hex');
}
