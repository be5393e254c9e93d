import type pg from 'pg';
import { appendAudit } from '../audit/append-audit.ts';
import type { AuditOrigin } from '../audit/audit-entry.ts';
import { auditedChange } from './key-audit.ts';
import type { ChangeContext, ChangedKey } from './key-change.ts';
import type { StoredKey } from './key-repository.ts';
import { KeyRepositoryError } from './key-repository.ts';
import { getKey } from './postgres-key-reads.ts';
import { inTransaction } from './postgres-pool.ts';
import type { KeyRow } from './to-stored-key.ts';
import { KEY_COLUMNS, toStoredKey } from './to-stored-key.ts';

/** Channel of change notices; the payload is the epoch. */
export const CHANGES_CHANNEL = 'omni_keystore';

/** Who is named for changes that the gateway makes by itself. */
const SYSTEM: AuditOrigin = { actor: 'gateway', role: 'system', reason: '', requestId: '' };

/** The row's lock makes the order of commits the order of epochs; a sequence would not. */
const NEXT_EPOCH = 'UPDATE keystore SET epoch = epoch + 1 RETURNING epoch';
const ADD_CHANGES = `
  INSERT INTO key_changes (epoch, key_id, kind) SELECT $1, unnest($2::text[]), $3`;
const LOCK = `SELECT ${KEY_COLUMNS} FROM keys k WHERE k.id = $1 FOR UPDATE`;
const RAISE_VERSION = `
  UPDATE keys SET version = version + 1, updated_at = clock_timestamp() WHERE id = $1`;

/** A change of one key that exists: what is done to it, and whether that changed anything. */
export interface KeyChange {
  id: string;
  /** Kind of the change row, and `key.<kind>` in the audit log. */
  kind: string;
  context: ChangeContext | undefined;
  write: (client: pg.PoolClient, key: StoredKey) => Promise<boolean>;
}

/** One transaction: change, version, epoch, change row, notice, audit entry. */
export function changeKey(
  pool: pg.Pool,
  { id, kind, context, write }: KeyChange,
): Promise<ChangedKey> {
  return inTransaction(pool, async (client) => {
    const before = await lockKey(client, id);
    const { ifVersion } = context ?? {};
    if (ifVersion !== undefined && ifVersion !== before.version) {
      throw new KeyRepositoryError('version_mismatch', `The version is ${before.version}`);
    }
    const wrote = await write(client, before);
    if (wrote) {
      await client.query(RAISE_VERSION, [id]);
      await raiseEpoch(client, kind, [id]);
    }
    const changed = await getKey(client, id);
    if (wrote) await audit(client, { kind, before, after: changed.key, context });
    await context?.alongside?.(client, changed);
    return changed;
  });
}

export async function lockKey(client: pg.ClientBase, id: string): Promise<StoredKey> {
  const [row] = (await client.query<KeyRow>(LOCK, [id])).rows;
  if (row === undefined) throw new KeyRepositoryError('key_not_found', 'No such key');
  return toStoredKey(row);
}

/** Raises the epoch, writes a change row for each key and tells the other instances at commit. */
export async function raiseEpoch(
  client: pg.ClientBase,
  kind: string,
  ids: readonly string[],
): Promise<number> {
  const { rows } = await client.query<{ epoch: string }>(NEXT_EPOCH);
  const epoch = rows[0]?.epoch ?? '0';
  await client.query(ADD_CHANGES, [epoch, ids, kind]);
  await client.query('SELECT pg_notify($1, $2)', [CHANGES_CHANNEL, epoch]);
  return Number(epoch);
}

export interface AuditedChange {
  kind: string;
  before: StoredKey | null;
  after: StoredKey | null;
  context: ChangeContext | undefined;
}

export async function audit(client: pg.ClientBase, change: AuditedChange): Promise<void> {
  const { kind, before, after, context } = change;
  await appendAudit(client, {
    ...(context?.origin ?? SYSTEM),
    action: `key.${kind}`,
    target: `key:${(after ?? before)?.id ?? ''}`,
    ...auditedChange(before, after),
  });
}
