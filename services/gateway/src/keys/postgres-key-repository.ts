import pg from 'pg';
import type { KeyChanges, KeyRepository, NewKey, StoredKey } from './key-repository.ts';
import { KeyRepositoryError } from './key-repository.ts';
import { MIGRATION_LOCK, MIGRATIONS } from './migrations.ts';
import type { KeyRow } from './to-stored-key.ts';
import { KEY_COLUMNS, toStoredKey } from './to-stored-key.ts';

/** Channel of change notices; the payload is the epoch. */
export const CHANGES_CHANNEL = 'omni_keystore';

/** Longer than any healthy query here; requests do not wait as long (key-table.ts). */
const QUERY_TIMEOUT_MS = 3_000;
const MAX_CONNECTIONS = 2;

/** One statement, hence one snapshot: the epoch and every key that changed after the given one. */
const READ_CHANGES = `
  SELECT store.epoch, clock_timestamp() AS now, ${KEY_COLUMNS}
  FROM keystore store
  LEFT JOIN keys k ON k.id IN (SELECT key_id FROM key_changes WHERE epoch > $1)`;

/** A list or, with the condition on one id, a key. */
const selectKeys = (condition: string): string => `
  SELECT store.epoch, clock_timestamp() AS now, ${KEY_COLUMNS}
  FROM keystore store LEFT JOIN keys k ON ${condition}
  ORDER BY k.created_at DESC, k.id`;

/** The row's lock makes the order of commits the order of epochs; a sequence would not. */
const NEXT_EPOCH = 'UPDATE keystore SET epoch = epoch + 1 RETURNING epoch';

interface ChangeRow extends KeyRow {
  epoch: string;
  now: Date;
}

/** Opens the store and brings its schema up to date. */
export async function openPostgresKeyRepository(databaseUrl: string): Promise<KeyRepository> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: QUERY_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    application_name: 'omni-gateway',
    allowExitOnIdle: true,
  });
  // A lost idle connection is not an event: the next query opens another and reports failures.
  pool.on('error', () => undefined);
  // The pool stops listening to a client while it is lent out, and a client whose server dies emits
  // 'error' besides rejecting its query: without a listener of our own that would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    await withClient(pool, migrate);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return createRepository(pool);
}

function createRepository(pool: pg.Pool): KeyRepository {
  const read = async (sql: string, values: unknown[]): Promise<KeyChanges> =>
    toChanges((await withClient(pool, (client) => client.query<ChangeRow>(sql, values))).rows);
  return {
    readChanges: (afterEpoch) => read(READ_CHANGES, [afterEpoch]),
    list: async () => {
      const { keys, epoch } = await read(selectKeys('true'), []);
      return { keys, epoch };
    },
    create: (key) =>
      change(pool, { id: key.id, kind: 'create' }, async (client) => {
        await insertKey(client, key);
        return true;
      }),
    revoke: (id, reason) =>
      change(pool, { id, kind: 'revoke' }, async (client) => {
        const { rowCount } = await client.query(
          `UPDATE keys SET revoked_at = clock_timestamp(), revoke_reason = $2
           WHERE id = $1 AND revoked_at IS NULL`,
          [id, reason],
        );
        return rowCount === 1;
      }),
    recordUse: async (lastUsed) => {
      await withClient(pool, (client) =>
        client.query(
          `UPDATE keys SET last_used_at = greatest(keys.last_used_at, used.at)
           FROM unnest($1::text[], $2::timestamptz[]) AS used (id, at) WHERE keys.id = used.id`,
          [[...lastUsed.keys()], [...lastUsed.values()]],
        ),
      );
    },
    close: () => pool.end(),
  };
}

/** Writes in one transaction: change, epoch, change row, notice. `write` tells if it did anything. */
function change(
  pool: pg.Pool,
  { id, kind }: { id: string; kind: string },
  write: (client: pg.PoolClient) => Promise<boolean>,
): Promise<{ key: StoredKey; epoch: number }> {
  return withClient(pool, async (client) => {
    await client.query('BEGIN');
    try {
      if (await write(client)) {
        const { rows } = await client.query<{ epoch: string }>(NEXT_EPOCH);
        const epoch = rows[0]?.epoch ?? '0';
        await client.query('INSERT INTO key_changes (epoch, key_id, kind) VALUES ($1, $2, $3)', [
          epoch,
          id,
          kind,
        ]);
        await client.query('SELECT pg_notify($1, $2)', [CHANGES_CHANNEL, epoch]);
      }
      const read = await client.query<ChangeRow>(selectKeys('k.id = $1'), [id]);
      const { keys, epoch } = toChanges(read.rows);
      const [key] = keys;
      if (key === undefined) throw new KeyRepositoryError('key_not_found', 'No such key');
      await client.query('COMMIT');
      return { key, epoch };
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    }
  });
}

async function insertKey(client: pg.PoolClient, key: NewKey): Promise<void> {
  const { id, name, environment, prefix, expiresAt, rateLimitPerMinute, secret } = key;
  await client.query(
    `INSERT INTO keys (id, name, environment, prefix, expires_at, rate_limit_per_minute)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [id, name, environment, prefix, expiresAt, rateLimitPerMinute],
  );
  await client.query(
    `INSERT INTO key_secrets (key_id, slot, digest, pepper_version, last4, not_after)
     VALUES ($1, 0, $2, $3, $4, $5)`,
    [id, secret.digest, secret.pepperVersion, secret.last4, secret.notAfter],
  );
}

async function migrate(client: pg.PoolClient): Promise<void> {
  await client.query('BEGIN');
  await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
  await client.query(
    'CREATE TABLE IF NOT EXISTS gateway_migrations (version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
  );
  const { rows } = await client.query<{ done: number }>(
    'SELECT coalesce(max(version), 0) AS done FROM gateway_migrations',
  );
  for (let version = (rows[0]?.done ?? 0) + 1; version <= MIGRATIONS.length; version += 1) {
    await client.query(MIGRATIONS[version - 1] ?? '');
    await client.query('INSERT INTO gateway_migrations (version) VALUES ($1)', [version]);
  }
  await client.query('COMMIT');
}

async function withClient<Result>(
  pool: pg.Pool,
  use: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  let client: pg.PoolClient | undefined;
  try {
    client = await pool.connect();
    const result = await use(client);
    client.release();
    return result;
  } catch (error) {
    // A connection that failed in the middle of something is not used again.
    client?.release(!(error instanceof KeyRepositoryError));
    if (error instanceof KeyRepositoryError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new KeyRepositoryError('keystore_unavailable', reason, error);
  }
}

function toChanges(rows: readonly ChangeRow[]): KeyChanges {
  const [first] = rows;
  if (first === undefined) throw new KeyRepositoryError('keystore_unavailable', 'Empty key store');
  return {
    epoch: Number(first.epoch),
    now: first.now,
    keys: rows.filter((row) => row.id !== null).map(toStoredKey),
  };
}
