import type { AuditQuery } from '@omni/contracts/gateway-admin/audit.ts';
import type { AuditRow } from './audit-entry.ts';

/** Reads rows outside of any transaction. */
export type AuditReader = <Row>(sql: string, values?: unknown[]) => Promise<readonly Row[]>;

export interface AuditDbRow {
  seq: string;
  at: Date;
  actor: string;
  role: AuditRow['role'];
  reason: string;
  request_id: string;
  action: string;
  target: string;
  before: unknown;
  after: unknown;
  prev_hash: string;
  hash: string;
}

const COLUMNS = `
  seq, at, actor, role, reason, request_id, action, target, before, after,
  encode(prev_hash, 'hex') AS prev_hash, encode(hash, 'hex') AS hash`;

/** Newest first; the cursor is the number of the last row that was shown. */
export async function readAuditPage(
  read: AuditReader,
  query: AuditQuery,
): Promise<{ entries: AuditRow[]; nextCursor: string | null }> {
  const values: unknown[] = [query.limit + 1];
  const conditions: string[] = [];
  const where = (sql: string, value: unknown): void => {
    if (value !== undefined) conditions.push(`${sql} $${values.push(value)}`);
  };
  where('target =', query.target);
  where('actor =', query.actor);
  where('action =', query.action);
  where('at >=', query.since);
  where('at <', query.until);
  where('seq <', query.cursor === undefined ? undefined : Number(query.cursor) || 0);
  const condition = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const rows = await read<AuditDbRow>(
    `SELECT ${COLUMNS} FROM audit ${condition} ORDER BY seq DESC LIMIT $1`,
    values,
  );
  const entries = rows.slice(0, query.limit).map(toAuditRow);
  const last = entries.at(-1);
  return {
    entries,
    nextCursor: rows.length > query.limit && last !== undefined ? String(last.seq) : null,
  };
}

/** Rows after a number, oldest first: what verification and export go through. */
export async function readAuditBatch(
  read: AuditReader,
  { after, limit }: { after: number; limit: number },
): Promise<AuditRow[]> {
  const rows = await read<AuditDbRow>(
    `SELECT ${COLUMNS} FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2`,
    [after, limit],
  );
  return rows.map(toAuditRow);
}

function toAuditRow(row: AuditDbRow): AuditRow {
  const { actor, role, reason, action, target, before, after, hash } = row;
  return {
    seq: Number(row.seq),
    at: row.at.toISOString(),
    ...{ actor, role, reason, requestId: row.request_id, action, target, before, after },
    prevHash: row.prev_hash,
    hash,
  };
}
