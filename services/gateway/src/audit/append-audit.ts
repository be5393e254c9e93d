import type { AuditEntry, AuditRow } from './audit-entry.ts';
import { canonicalJson } from './canonical-json.ts';
import { hashEntry } from './hash-entry.ts';

/** The little that is needed of a Postgres client inside a transaction. */
export interface AuditClient {
  query: (sql: string, values?: unknown[]) => Promise<{ rows: unknown[] }>;
}

interface Head {
  count: string;
  hash: string;
  at: Date;
}

const LOCK_HEAD = `
  SELECT count, encode(hash, 'hex') AS hash,
    date_trunc('milliseconds', clock_timestamp()) AS at
  FROM audit_head FOR UPDATE`;

const INSERT = `
  INSERT INTO audit (seq, at, actor, role, reason, request_id, action, target, before, after,
    prev_hash, hash)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, decode($11, 'hex'), decode($12, 'hex'))`;

const MOVE_HEAD = `UPDATE audit_head SET count = $1, hash = decode($2, 'hex')`;

/**
 * Adds an entry to the hash chain. Call it inside the transaction of the change that it describes,
 * after the change and after the epoch was raised: both or neither are committed, and every writer
 * takes the locks in the same order.
 */
export async function appendAudit(client: AuditClient, entry: AuditEntry): Promise<AuditRow> {
  const { rows } = await client.query(LOCK_HEAD);
  const head = rows[0] as Head | undefined;
  if (head === undefined) throw new Error('The audit log has no head');
  const unhashed = {
    ...entry,
    seq: Number(head.count) + 1,
    at: head.at.toISOString(),
    before: asJson(entry.before),
    after: asJson(entry.after),
    prevHash: head.hash,
  };
  const row: AuditRow = { ...unhashed, hash: hashEntry(unhashed) };
  await client.query(INSERT, insertValues(row));
  await client.query(MOVE_HEAD, [row.seq, row.hash]);
  return row;
}

/** What the database will give back: dates become strings, `undefined` members vanish. */
function asJson(value: unknown): unknown {
  return value === undefined || value === null ? null : JSON.parse(canonicalJson(value));
}

function insertValues(row: AuditRow): unknown[] {
  const { seq, at, actor, role, reason, requestId, action, target, before, after } = row;
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  const subject = [seq, at, actor, role, reason, requestId, action, target];
  return [...subject, json(before), json(after), row.prevHash, row.hash];
}
