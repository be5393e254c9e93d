import pg from 'pg';
import { KeyRepositoryError } from './key-repository.ts';
import { MIGRATION_LOCK, MIGRATIONS } from './migrations.ts';

/** Longer than any healthy query here; requests do not wait as long (key-table.ts). */
const QUERY_TIMEOUT_MS = 3_000;
const MAX_CONNECTIONS = 2;

/** Errors of Postgres that are the caller's: unique violation, check violation. */
const CALLER_ERRORS: Readonly<Record<string, 'key_exists' | 'invalid_request'>> = {
  '23505': 'key_exists',
  '23514': 'invalid_request',
};

/** A pool whose schema is up to date. */
export async function openPool(databaseUrl: string): Promise<pg.Pool> {
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
    await withClient(pool, (client) => migrate(client, MIGRATIONS));
  } catch (error) {
    await pool.end();
    throw error;
  }
  return pool;
}

/** Brings the schema up to date, one instance after the other. */
export async function migrate(client: pg.ClientBase, migrations: readonly string[]): Promise<void> {
  await client.query('BEGIN');
  await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
  await client.query(
    'CREATE TABLE IF NOT EXISTS gateway_migrations (version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
  );
  const { rows } = await client.query<{ done: number }>(
    'SELECT coalesce(max(version), 0) AS done FROM gateway_migrations',
  );
  for (let version = (rows[0]?.done ?? 0) + 1; version <= migrations.length; version += 1) {
    await client.query(migrations[version - 1] ?? '');
    await client.query('INSERT INTO gateway_migrations (version) VALUES ($1)', [version]);
  }
  await client.query('COMMIT');
}

/** Lends a connection; every error becomes a `KeyRepositoryError`. */
export async function withClient<Result>(
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
    const refusal = toRefusal(error);
    // A connection that failed in the middle of something is not used again.
    client?.release(refusal.code === 'keystore_unavailable');
    throw refusal;
  }
}

/** All or nothing; a refusal leaves the connection usable. */
export function inTransaction<Result>(
  pool: pg.Pool,
  use: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  return withClient(pool, async (client) => {
    await client.query('BEGIN');
    try {
      const result = await use(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      // The first error is the one to tell; a connection that can't roll back is dropped above.
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  });
}

function toRefusal(error: unknown): KeyRepositoryError {
  if (error instanceof KeyRepositoryError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const { code = '' } = error as { code?: string };
  return new KeyRepositoryError(CALLER_ERRORS[code] ?? 'keystore_unavailable', reason, error);
}
