import pg from 'pg';
import { CHANGES_CHANNEL } from '../keys/postgres-key-writes.ts';
import type { ConfigDocument } from './config-document.ts';
import { ConfigChangeError } from './config-repository.ts';
import type { ConfigRepository, ConfigVersion, NewConfigVersion } from './config-repository.ts';

const QUERY_TIMEOUT_MS = 3_000;
/** Any fixed number: two that apply at once come one after the other, so versions have no gaps. */
const APPEND_LOCK = 7_264_152;
const COLUMNS = 'version, document, actor, comment, at';

interface VersionRow {
  version: string;
  document: ConfigDocument;
  actor: string;
  comment: string;
  at: Date;
}

/**
 * Versions in Postgres, shared by all instances. A connection is opened when one is needed and closed
 * when it was idle for a while: changes are rare and connections of a database are few.
 */
export function createPostgresConfigRepository(databaseUrl: string): ConfigRepository {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 1,
    connectionTimeoutMillis: QUERY_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    idleTimeoutMillis: 5_000,
    application_name: 'omni-gateway-config',
    allowExitOnIdle: true,
  });
  // A lost connection is not an event: the next query opens another and reports failures.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const read = async (sql: string, values: unknown[]): Promise<ConfigVersion[]> => {
    try {
      const { rows } = await pool.query<VersionRow>(sql, values);
      return rows.map(toVersion);
    } catch (error) {
      throw unavailable(error);
    }
  };
  return {
    newest: async () => {
      const [newest] = await read(
        `SELECT ${COLUMNS} FROM config_versions ORDER BY version DESC LIMIT 1`,
        [],
      );
      return newest ?? null;
    },
    read: async (version) => {
      const [found] = await read(`SELECT ${COLUMNS} FROM config_versions WHERE version = $1`, [
        version,
      ]);
      return found ?? null;
    },
    list: (limit) =>
      read(`SELECT ${COLUMNS} FROM config_versions ORDER BY version DESC LIMIT $1`, [limit]),
    append: (entry) => append(pool, entry),
    close: () => pool.end(),
  };
}

async function append(pool: pg.Pool, entry: NewConfigVersion): Promise<ConfigVersion> {
  let client: pg.PoolClient | undefined;
  try {
    client = await pool.connect();
    const version = await insert(client, entry);
    client.release();
    return version;
  } catch (error) {
    // Its transaction may be open still: a connection that failed is not used again.
    client?.release(true);
    throw error instanceof ConfigChangeError ? error : unavailable(error);
  }
}

async function insert(client: pg.PoolClient, entry: NewConfigVersion): Promise<ConfigVersion> {
  await client.query('BEGIN');
  await client.query('SELECT pg_advisory_xact_lock($1)', [APPEND_LOCK]);
  const { rows: last } = await client.query<{ version: string | null }>(
    'SELECT max(version) AS version FROM config_versions',
  );
  const newest = Number(last[0]?.version ?? 0);
  if (entry.after !== undefined && entry.after !== newest) {
    const message = `The newest version is ${newest}, not ${entry.after}`;
    throw new ConfigChangeError('config_conflict', message);
  }
  const { rows } = await client.query<VersionRow>(
    `INSERT INTO config_versions (version, document, actor, comment)
     VALUES ($1, $2, $3, $4) RETURNING ${COLUMNS}`,
    [newest + 1, JSON.stringify(entry.document), entry.actor, entry.comment],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('The insert returned nothing');
  const version = toVersion(row);
  await entry.alongside?.(client, version);
  // Other instances listen on the channel of the keys; every notice makes them look for both.
  await client.query('SELECT pg_notify($1, $2)', [CHANGES_CHANNEL, '']);
  await client.query('COMMIT');
  return version;
}

function toVersion(row: VersionRow): ConfigVersion {
  return { ...row, version: Number(row.version) };
}

function unavailable(error: unknown): ConfigChangeError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ConfigChangeError('config_unavailable', reason, { cause: error });
}
