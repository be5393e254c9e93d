import type { AuditClient } from '../../audit/append-audit.ts';
import { KeyRepositoryError } from '../../keys/key-repository.ts';
import { AdminError } from '../http/admin-error.ts';

/** Longer than any healthy statement here; exports stream in pages. */
const QUERY_TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 2;
/** An admin API that nobody uses holds no connections. */
const IDLE_TIMEOUT_MS = 10_000;

/** Postgres as the admin API uses it, beside the key repository: audit, answers, configuration. */
export interface AdminDatabase {
  query: <Row>(sql: string, values?: unknown[]) => Promise<readonly Row[]>;
  /** COMMIT when `use` resolves, ROLLBACK when it rejects. */
  transaction: <Result>(use: (client: AuditClient) => Promise<Result>) => Promise<Result>;
  close: () => Promise<void>;
}

/** Connects on first use. Failures of the database become `keystore_unavailable`. */
export async function openAdminDatabase(databaseUrl: string): Promise<AdminDatabase> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: QUERY_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    application_name: 'omni-gateway-admin',
    allowExitOnIdle: true,
  });
  // A lost connection is reported by the next query; without listeners it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return {
    query: async <Row>(sql: string, values: unknown[] = []) => {
      try {
        return (await pool.query(sql, values)).rows as readonly Row[];
      } catch (error) {
        throw unavailable(error);
      }
    },
    transaction: (use) => inTransaction(pool, use),
    close: () => pool.end(),
  };
}

interface Pool {
  connect: () => Promise<AuditClient & { release: (broken?: boolean) => void }>;
}

async function inTransaction<Result>(
  pool: Pool,
  use: (client: AuditClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw unavailable(error);
  });
  try {
    await client.query('BEGIN');
    const result = await use(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    const rolledBack = await client.query('ROLLBACK').then(
      () => true,
      () => false,
    );
    client.release(!rolledBack);
    throw isRefusal(error) ? error : unavailable(error);
  }
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof AdminError ||
    error instanceof KeyRepositoryError ||
    error instanceof DuplicateAnswer
  );
}

function unavailable(error: unknown): KeyRepositoryError {
  if (error instanceof KeyRepositoryError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new KeyRepositoryError('keystore_unavailable', reason, error);
}

/** An equal request was answered by somebody else a moment ago: this change is rolled back. */
export class DuplicateAnswer extends Error {
  constructor() {
    super('An equal request was answered meanwhile');
    this.name = 'DuplicateAnswer';
  }
}
