import type pg from 'pg';
import type { KeyRepository } from './key-repository.ts';
import { recordSources } from './postgres-key-sources.ts';
import { withClient } from './postgres-pool.ts';

type UsageAndReceipts = Pick<
  KeyRepository,
  'recordUsage' | 'readUsage' | 'confirm' | 'withdraw' | 'receipts'
>;

/**
 * Schema of the requests by method (keys/migrations.ts). A column of its own, not of the primary key:
 * instances of before go on counting beside it.
 */
export const METHODS_MIGRATION = `ALTER TABLE key_usage ADD COLUMN methods jsonb NOT NULL DEFAULT '{}'`;

/** Sorted, so that two instances that write the same rows lock them in the same order. */
const ADD_USAGE = `
  INSERT INTO key_usage (key_id, minute, secret_no, route, requests, errors, bytes, duration_ms,
    buckets, methods)
  SELECT id, minute, no, route, requests, errors, bytes, ms, buckets::bigint[], methods
  FROM unnest($1::text[], $2::timestamptz[], $3::int[], $4::text[], $5::bigint[],
    $6::bigint[], $7::bigint[], $8::float8[], $9::text[], $10::jsonb[])
    AS used (id, minute, no, route, requests, errors, bytes, ms, buckets, methods)
  ORDER BY 1, 2, 3, 4
  ON CONFLICT (key_id, minute, secret_no, route) DO UPDATE SET
    requests = key_usage.requests + excluded.requests, errors = key_usage.errors + excluded.errors,
    bytes = key_usage.bytes + excluded.bytes,
    duration_ms = key_usage.duration_ms + excluded.duration_ms,
    buckets = ARRAY(SELECT coalesce(a, 0) + coalesce(b, 0)
      FROM unnest(key_usage.buckets, excluded.buckets) AS both_of (a, b)),
    methods = (SELECT coalesce(jsonb_object_agg(method, requests), '{}')
      FROM (SELECT key AS method, sum(value::bigint) AS requests
        FROM (SELECT * FROM jsonb_each_text(key_usage.methods)
          UNION ALL SELECT * FROM jsonb_each_text(excluded.methods)) AS each GROUP BY key) AS sums)`;
const USED = 'unnest($1::text[], $2::int[], $3::timestamptz[]) AS used (id, secret_no, at)';
const KEYS_USED = `
  UPDATE keys SET last_used_at = greatest(keys.last_used_at, latest.at)
  FROM (SELECT id, max(at) AS at FROM ${USED} GROUP BY id ORDER BY id) latest
  WHERE keys.id = latest.id AND ($2::int[] IS NOT NULL)`;
const SECRETS_USED = `
  UPDATE key_secrets s SET last_used_at = greatest(s.last_used_at, used.at)
  FROM ${USED} WHERE s.key_id = used.id AND s.secret_no = used.secret_no`;

const CONFIRM = `
  INSERT INTO instance_receipts (instance, revision, epoch, confirmed_at)
  VALUES ($1, $2, $3, clock_timestamp() - make_interval(secs => $4))
  ON CONFLICT (instance) DO UPDATE SET revision = excluded.revision,
    epoch = greatest(instance_receipts.epoch, excluded.epoch),
    confirmed_at = greatest(instance_receipts.confirmed_at, excluded.confirmed_at)`;
const RECEIPTS = `
  SELECT instance, revision, epoch, confirmed_at,
    extract(epoch FROM clock_timestamp() - confirmed_at)::float8 * 1000 AS age_ms
  FROM instance_receipts ORDER BY instance`;
const READ_USAGE = `
  SELECT minute, secret_no, route, requests, errors, bytes, duration_ms, buckets, methods
  FROM key_usage WHERE key_id = $1 AND minute >= $2 ORDER BY minute, secret_no, route`;

interface UsageColumns {
  minute: Date;
  secret_no: number;
  route: string;
  requests: string;
  errors: string;
  bytes: string;
  duration_ms: number;
  buckets: string[];
  methods: Record<string, number>;
}

interface ReceiptColumns {
  instance: string;
  revision: string;
  epoch: string;
  confirmed_at: Date;
  age_ms: number;
}

export function keyUsage(pool: pg.Pool): UsageAndReceipts {
  const run = (text: string, values: unknown[]): Promise<unknown> =>
    withClient(pool, (client) => client.query(text, values));
  return {
    async recordUsage({ counts, lastUsed, sources = [] }) {
      const used = [
        lastUsed.map((each) => each.keyId),
        lastUsed.map((each) => each.secretNo),
        lastUsed.map((each) => each.at),
      ];
      // Counts last: after a failure all is written again. Times of last use don't mind that, and
      // the requests of a source are for orientation; counts would be doubled.
      if (lastUsed.length > 0) {
        await run(KEYS_USED, used);
        await run(SECRETS_USED, used);
      }
      if (sources.length > 0) await recordSources(pool, sources);
      if (counts.length > 0) await run(ADD_USAGE, columnsOf(counts));
    },
    async readUsage(id, since) {
      const read = await withClient(pool, (client) =>
        client.query<UsageColumns>(READ_USAGE, [id, since]),
      );
      return read.rows.map((row) => ({
        minute: row.minute,
        secretNo: row.secret_no,
        route: row.route,
        requests: Number(row.requests),
        errors: Number(row.errors),
        bytes: Number(row.bytes),
        durationMs: row.duration_ms,
        buckets: row.buckets.map(Number),
        methods: row.methods,
      }));
    },
    async confirm({ instance, revision, epoch, ageMs }) {
      await run(CONFIRM, [instance, revision, epoch, ageMs / 1_000]);
    },
    async withdraw(instance) {
      await run('DELETE FROM instance_receipts WHERE instance = $1', [instance]);
    },
    async receipts() {
      const read = await withClient(pool, (client) => client.query<ReceiptColumns>(RECEIPTS));
      return read.rows.map(({ confirmed_at: confirmedAt, age_ms: ageMs, epoch, ...rest }) => ({
        ...rest,
        epoch: Number(epoch),
        confirmedAt,
        ageMs,
      }));
    },
  };
}

function columnsOf(counts: Parameters<KeyRepository['recordUsage']>[0]['counts']): unknown[] {
  return [
    counts.map((row) => row.keyId),
    counts.map((row) => row.minute),
    counts.map((row) => row.secretNo),
    counts.map((row) => row.route),
    counts.map((row) => row.requests),
    counts.map((row) => row.errors),
    counts.map((row) => row.bytes),
    counts.map((row) => row.durationMs),
    counts.map((row) => `{${row.buckets.join(',')}}`),
    counts.map((row) => JSON.stringify(row.methods)),
  ];
}
