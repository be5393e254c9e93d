import type pg from 'pg';
import type { ChangedKey } from './key-change.ts';
import type { KeyChanges, KeyPage, KeyQuery, LoadSink, StoredKey } from './key-repository.ts';
import { KeyRepositoryError } from './key-repository.ts';
import { withClient } from './postgres-pool.ts';
import type { SnapshotRow } from './to-key-snapshot.ts';
import { SNAPSHOT_COLUMNS, SNAPSHOT_SECRETS, toKeySnapshot } from './to-key-snapshot.ts';
import type { KeyRow } from './to-stored-key.ts';
import { KEY_COLUMNS, KEY_STATE, toStoredKey } from './to-stored-key.ts';

/**
 * One statement, hence one snapshot: the epoch and every key that changed after the given one. An id
 * whose key is gone comes with nulls.
 */
const READ_CHANGES = `
  SELECT store.epoch, clock_timestamp(), c.key_id, ${SNAPSHOT_COLUMNS}
  FROM keystore store
  LEFT JOIN (SELECT DISTINCT key_id FROM key_changes WHERE epoch > $1) c ON true
  LEFT JOIN keys k ON k.id = c.key_id ${SNAPSHOT_SECRETS}`;

const LOAD_HEAD = `
  SELECT epoch, clock_timestamp() AS now, (SELECT count(*) FROM keys) AS count FROM keystore`;
const LOAD_CURSOR = `
  DECLARE all_keys NO SCROLL CURSOR FOR
  SELECT ${SNAPSHOT_COLUMNS} FROM keys k ${SNAPSHOT_SECRETS}`;
const LOAD_BATCH = 5_000;
/** A million keys are a longer business than any other query. */
const LOAD_TIMEOUT_MS = 60_000;

const GET = `
  SELECT store.epoch, ${KEY_COLUMNS} FROM keystore store LEFT JOIN keys k ON k.id = $1`;

type ChangeRow = [epoch: string, now: Date, changed: string | null, ...SnapshotRow];

export async function readChanges(pool: pg.Pool, afterEpoch: number): Promise<KeyChanges> {
  const { rows } = await withClient(pool, (client) =>
    client.query<ChangeRow>({ text: READ_CHANGES, values: [afterEpoch], rowMode: 'array' }),
  );
  const [first] = rows;
  if (first === undefined) throw emptyStore();
  const changes = { keys: [] as KeyChanges['keys'][number][], gone: [] as string[] };
  for (const [, , changed, ...snapshot] of rows) {
    if (changed === null) continue;
    if ((snapshot[0] as string | null) === null) changes.gone.push(changed);
    else changes.keys.push(toKeySnapshot(snapshot));
  }
  return { epoch: Number(first[0]), now: first[1], ...changes };
}

/** Streams all keys through a cursor: neither side ever holds more than a batch. */
export function loadKeys(pool: pg.Pool, sink: LoadSink): Promise<{ epoch: number; now: Date }> {
  return withClient(pool, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const head = await client.query<{ epoch: string; now: Date; count: string }>(slow(LOAD_HEAD));
    const [first] = head.rows;
    if (first === undefined) throw emptyStore();
    sink.expect(Number(first.count));
    await client.query(slow(LOAD_CURSOR));
    for (;;) {
      const { rows } = await client.query<SnapshotRow>({
        ...slow(`FETCH ${LOAD_BATCH} FROM all_keys`),
        rowMode: 'array',
      });
      sink.add(rows.map(toKeySnapshot));
      if (rows.length < LOAD_BATCH) break;
    }
    await client.query('COMMIT');
    return { epoch: Number(first.epoch), now: first.now };
  });
}

/** A key by its id; `client` when it is read inside a transaction. */
export async function getKey(client: pg.ClientBase, id: string): Promise<ChangedKey> {
  const { rows } = await client.query<KeyRow & { epoch: string }>(GET, [id]);
  const [row] = rows;
  if (row === undefined) throw emptyStore();
  if (row.id === null) throw new KeyRepositoryError('key_not_found', 'No such key');
  return { key: toStoredKey(row), epoch: Number(row.epoch) };
}

type PageRow = KeyRow & { epoch: string; cursor: string };

export async function listKeys(pool: pg.Pool, query: KeyQuery = {}): Promise<KeyPage> {
  const { conditions, values } = conditionsOf(query);
  const { limit } = query;
  // One more than asked for tells whether there is another page.
  const paged = limit === undefined ? '' : `LIMIT ${Math.max(1, Math.floor(limit)) + 1}`;
  const sql = `
    WITH page AS (
      SELECT * FROM keys k WHERE ${conditions} ORDER BY k.created_at DESC, k.id ${paged}
    )
    SELECT store.epoch, k.created_at::text || '|' || k.id AS cursor, ${KEY_COLUMNS}
    FROM keystore store LEFT JOIN page k ON true ORDER BY k.created_at DESC, k.id`;
  const { rows } = await withClient(pool, (client) => client.query<PageRow>(sql, values));
  const [first] = rows;
  if (first === undefined) throw emptyStore();
  const found = rows.filter((row) => row.id !== null);
  const page = limit === undefined ? found : found.slice(0, limit);
  const last = page.at(-1);
  const more = found.length > page.length && last !== undefined;
  return {
    keys: page.map(toStoredKey) satisfies readonly StoredKey[],
    epoch: Number(first.epoch),
    next: more ? Buffer.from(last.cursor).toString('base64url') : null,
  };
}

/** Only numbered parameters carry what the caller wrote. */
function conditionsOf(query: KeyQuery): { conditions: string; values: unknown[] } {
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions: string[] = [];
  const { state, environment, tag, q, cursor } = query;
  if (state === undefined) conditions.push('k.deleted_at IS NULL');
  else conditions.push(`${KEY_STATE} = ${parameter(state)}`);
  if (environment !== undefined) conditions.push(`k.environment = ${parameter(environment)}`);
  if (tag !== undefined) conditions.push(`k.tags @> ARRAY[${parameter(tag)}::text]`);
  if (q !== undefined && q !== '') conditions.push(textCondition(q, parameter));
  if (cursor !== undefined) {
    const [createdAt, id] = readCursor(cursor);
    const at = `${parameter(createdAt)}::timestamptz`;
    conditions.push(`(k.created_at < ${at} OR (k.created_at = ${at} AND k.id > ${parameter(id)}))`);
  }
  return { conditions: conditions.join(' AND '), values };
}

function textCondition(q: string, parameter: (value: unknown) => string): string {
  const plain = q.replace(/[\\%_]/g, String.raw`\$&`);
  const part = parameter(`%${plain}%`);
  return `(k.name ILIKE ${part} OR k.identity ILIKE ${part} OR k.id LIKE ${parameter(`${plain}%`)}
    OR EXISTS (SELECT FROM key_secrets s WHERE s.key_id = k.id AND s.last4 = ${parameter(q)}))`;
}

function readCursor(cursor: string): [createdAt: string, id: string] {
  const [createdAt = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split('|');
  if (id === '' || !/^\d{4}-\d\d-\d\d [\d:.]+[+-][\d:]+$/.test(createdAt)) {
    throw new KeyRepositoryError('invalid_request', 'The cursor is not one of ours');
  }
  return [createdAt, id];
}

function slow(text: string): { text: string; query_timeout: number } {
  return { text, query_timeout: LOAD_TIMEOUT_MS };
}

function emptyStore(): KeyRepositoryError {
  return new KeyRepositoryError('keystore_unavailable', 'Empty key store');
}
