import { QUOTA_ALERT_PERCENTS } from '@omni/contracts/limits.ts';
import type { QuotaPolicy } from '@omni/contracts/limits.ts';
import pg from 'pg';
import type { Lease, LeaseRequest, QuotaCount, QuotaStore, Settlement } from './quota-store.ts';

const QUERY_TIMEOUT_MS = 1_000;
/** Any fixed number: instances that start together make the table one after the other. */
const SCHEMA_LOCK = 7_264_152;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS quota_counts (
    counter text NOT NULL,
    period text NOT NULL,
    generation integer NOT NULL DEFAULT 0,
    -- Leased to an instance, spent or not; the rest of the limit is free.
    reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    used bigint NOT NULL DEFAULT 0 CHECK (used >= 0),
    alert_percent smallint NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (counter, period)
  )`;

/**
 * The calendar period at an instant ($1 kind, $2 zone, $3 instant or null for now). Postgres knows
 * the zones' rules; a day that a clock change makes 23 or 25 hours long is one day.
 */
const PERIOD = `
  moment AS (SELECT coalesce($3::timestamptz, clock_timestamp()) AS now),
  calendar AS (
    SELECT now, CASE $1::text
        WHEN 'day' THEN date_trunc('day', now AT TIME ZONE $2)
        WHEN 'month' THEN date_trunc('month', now AT TIME ZONE $2) END AS starts,
      CASE $1 WHEN 'day' THEN interval '1 day' ELSE interval '1 month' END AS length
    FROM moment),
  this AS (
    SELECT coalesce(to_char(starts, 'YYYY-MM-DD'), 'total') AS period,
      ceil(extract(epoch FROM ((starts + length) AT TIME ZONE $2) - now) * 1000) AS reset_in_ms
    FROM calendar)`;

const [LOWER, UPPER] = QUOTA_ALERT_PERCENTS;
/** The highest threshold that a use of a limit has passed. */
const alertOf = (used: string, limit: string): string => `
  CASE WHEN ${used} * 100 >= ${limit} * ${UPPER} THEN ${UPPER}
       WHEN ${used} * 100 >= ${limit} * ${LOWER} THEN ${LOWER} ELSE 0 END`;

/**
 * Grants at most an eighth of what is free, so that the last units don't sit with one instance while
 * others refuse; but what a request needs, if there is as much. $4 counter, $5 limit, $6 want,
 * $7 need, $8 spent, $9 and $10 the period and generation it was spent in.
 */
const LEASE = `
  WITH ${PERIOD},
  before AS (
    SELECT q.*, greatest(0, $5::bigint - q.reserved) AS free,
      q.used + CASE WHEN q.period = $9 AND q.generation = $10 THEN $8::bigint ELSE 0 END AS now_used
    FROM quota_counts q, this WHERE q.counter = $4 AND q.period = this.period FOR UPDATE OF q),
  offered AS (
    SELECT CASE WHEN free < $7::bigint THEN 0
      ELSE greatest($7::bigint, least($6::bigint, free / 8)) END AS units
    FROM before)
  UPDATE quota_counts q SET
    reserved = before.reserved + offered.units,
    used = before.now_used,
    alert_percent = greatest(before.alert_percent, ${alertOf('before.now_used', '$5::bigint')}),
    updated_at = clock_timestamp()
  FROM before, offered, this WHERE q.counter = $4 AND q.period = this.period
  RETURNING q.period, q.generation, offered.units, q.used, this.reset_in_ms,
    CASE WHEN q.alert_percent > before.alert_percent THEN q.alert_percent ELSE 0 END AS alert`;

/** Begins a period, and forgets those of the counter that nobody will ask for. */
const BEGIN_PERIOD = `
  WITH ${PERIOD},
  old AS (DELETE FROM quota_counts
    WHERE counter = $4 AND period <> 'total' AND updated_at < clock_timestamp() - interval '62 days')
  INSERT INTO quota_counts (counter, period) SELECT $4, period FROM this ON CONFLICT DO NOTHING`;

const SETTLE = `
  WITH before AS (
    SELECT * FROM quota_counts
    WHERE counter = $1 AND period = $2 AND generation = $3 FOR UPDATE)
  UPDATE quota_counts q SET
    used = before.used + $5::bigint,
    reserved = before.reserved - $6::bigint,
    alert_percent = greatest(before.alert_percent, ${alertOf('(before.used + $5::bigint)', '$4::bigint')}),
    updated_at = clock_timestamp()
  FROM before WHERE q.counter = before.counter AND q.period = before.period
  RETURNING CASE WHEN q.alert_percent > before.alert_percent THEN q.alert_percent ELSE 0 END AS alert`;

const READ = `
  WITH ${PERIOD}
  SELECT coalesce(q.used, 0) AS used, coalesce(q.reserved, 0) AS reserved,
    coalesce(q.alert_percent, 0) AS alert, this.reset_in_ms
  FROM this LEFT JOIN quota_counts q ON q.counter = $4 AND q.period = this.period`;

const RESET = `
  WITH ${PERIOD}
  UPDATE quota_counts q SET reserved = 0, used = 0, alert_percent = 0, generation = q.generation + 1
  FROM this WHERE q.counter = $4 AND q.period = this.period`;

interface LeaseRow {
  period: string;
  generation: number;
  units: string;
  used: string;
  reset_in_ms: string | null;
  alert: number;
}

/** Quotas in Postgres. `at` is for tests: an instant instead of the database's clock. */
export async function openPostgresQuotaStore(
  databaseUrl: string,
  at: () => Date | null = () => null,
): Promise<QuotaStore> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 1,
    connectionTimeoutMillis: QUERY_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    application_name: 'omni-gateway-quotas',
    allowExitOnIdle: true,
  });
  // A lost connection is not an event: the next query opens another and reports failures.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    await pool.query(`BEGIN; SELECT pg_advisory_xact_lock(${SCHEMA_LOCK}); ${SCHEMA}; COMMIT`);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const period = (quota: QuotaPolicy): unknown[] => [quota.period, quota.timeZone, at()];
  return {
    lease: (request) => lease(pool, period(request.quota), request),
    async settle({ counterId, period: name, generation, limit, spent, unspent }: Settlement) {
      const values = [counterId, name, generation, limit, spent, unspent];
      const { rows } = await pool.query<{ alert: number }>(SETTLE, values);
      return rows[0]?.alert ?? 0;
    },
    async read(counterId, quota): Promise<QuotaCount> {
      const { rows } = await pool.query<CountRow>(READ, [...period(quota), counterId]);
      return toCount(rows[0]);
    },
    async reset(counterId, quota) {
      await pool.query(RESET, [...period(quota), counterId]);
    },
    close: () => pool.end(),
  };
}

async function lease(pool: pg.Pool, period: unknown[], request: LeaseRequest): Promise<Lease> {
  const { counterId, quota, want, need, spent, held } = request;
  const now = [held?.period ?? null, held?.generation ?? null];
  const values = [...period, counterId, quota.limit, want, need, spent, ...now];
  let { rows } = await pool.query<LeaseRow>(LEASE, values);
  if (rows.length === 0) {
    await pool.query(BEGIN_PERIOD, [...period, counterId]);
    ({ rows } = await pool.query<LeaseRow>(LEASE, values));
  }
  const [row] = rows;
  if (row === undefined) throw new Error('The quota has no count');
  return {
    period: row.period,
    generation: row.generation,
    granted: Number(row.units),
    used: Number(row.used),
    resetInMs: row.reset_in_ms === null ? null : Number(row.reset_in_ms),
    alert: row.alert,
  };
}

interface CountRow {
  used: string;
  reserved: string;
  alert: number;
  reset_in_ms: string | null;
}

function toCount(row: CountRow | undefined): QuotaCount {
  const resetInMs = row?.reset_in_ms ?? null;
  return {
    used: Number(row?.used ?? 0),
    reserved: Number(row?.reserved ?? 0),
    alertPercent: row?.alert ?? 0,
    resetInMs: resetInMs === null ? null : Number(resetInMs),
  };
}
