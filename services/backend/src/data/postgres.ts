import { setTimeout as delay } from 'node:timers/promises';
import type { HistogramMetric } from '@omni/kit/metric-registry.ts';
import type { Pool, PoolClient } from 'pg';
import { MIGRATIONS } from './migrations.ts';

const POOL_SIZE = 4;
const CONNECT_TIMEOUT_MS = 900;
const QUERY_TIMEOUT_MS = 2_000;
const CLOSE_MS = 500;
/** Any number, the same in every instance: two that start at once migrate one after the other. */
const MIGRATION_LOCK = 7_201_944;

export type DbDuration = HistogramMetric<'db_system_name' | 'db_operation_name'>;

/** A small pool that is opened on first use. */
export interface Database {
  query<Row extends object>(operation: string, sql: string, values?: unknown[]): Promise<Row[]>;
  /** Brings the schema up to date. */
  migrate(): Promise<void>;
  readonly pool: { readonly open: number; readonly busy: number; readonly max: number };
  close(): Promise<void>;
}

/** Opens Postgres lazily: the driver is not loaded before the port is open. */
export function openDatabase(url: string, duration: DbDuration): Database {
  let opening: Promise<Pool> | undefined;
  let pool: Pool | undefined;
  const open = async (): Promise<Pool> => {
    pool ??= await (opening ??= createPool(url));
    return pool;
  };
  return {
    async query<Row extends object>(operation: string, sql: string, values: unknown[] = []) {
      const begin = performance.now();
      try {
        return (await (await open()).query<Row>(sql, values)).rows;
      } finally {
        const labels = { db_system_name: 'postgresql', db_operation_name: operation };
        duration.observe((performance.now() - begin) / 1_000, labels);
      }
    },
    async migrate() {
      const client = await (await open()).connect();
      try {
        await migrate(client);
      } finally {
        client.release();
      }
    },
    get pool() {
      const open_ = pool?.totalCount ?? 0;
      return { open: open_, busy: open_ - (pool?.idleCount ?? 0), max: POOL_SIZE };
    },
    // A server that fell silent never confirms the end: the process does not wait for it.
    close: async () => {
      await Promise.race([pool?.end(), delay(CLOSE_MS, undefined, { ref: false })]);
    },
  };
}

async function createPool(url: string): Promise<Pool> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    application_name: 'omni-backend',
    allowExitOnIdle: true,
  });
  // An idle connection that breaks is replaced on the next query; the monitor reports the loss.
  pool.on('error', () => undefined);
  // The pool stops listening to a client while it is lent out, and a client whose server dies emits
  // 'error' besides rejecting its query: without a listener of our own that would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

async function migrate(client: PoolClient): Promise<void> {
  await client.query('begin');
  try {
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query('create table if not exists backend_migrations (id int primary key)');
    const { rows } = await client.query<{ id: number }>('select id from backend_migrations');
    const applied = new Set(rows.map(({ id }) => id));
    for (const { id, sql } of MIGRATIONS) {
      if (applied.has(id)) continue;
      await client.query(sql);
      await client.query('insert into backend_migrations (id) values ($1)', [id]);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}
