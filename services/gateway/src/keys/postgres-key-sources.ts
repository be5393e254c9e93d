import type pg from 'pg';
import type { KeyRepository } from './key-repository.ts';
import type { KeyActivity, KeySource, SourceKind, UsageBatch } from './key-usage.ts';
import { SOURCES_KEPT } from './key-usage.ts';
import { withClient } from './postgres-pool.ts';

/** Schema of the sources and of the latency buckets (keys/migrations.ts). */
export const SOURCES_MIGRATION = `
  ALTER TABLE key_usage ADD COLUMN buckets bigint[] NOT NULL DEFAULT '{}';
  CREATE TABLE key_sources (
    key_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('address', 'agent')),
    name text NOT NULL,
    requests bigint NOT NULL,
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    PRIMARY KEY (key_id, kind, name)
  );
  CREATE INDEX key_usage_minute ON key_usage (minute);
`;

const ADD_SOURCES = `
  INSERT INTO key_sources (key_id, kind, name, requests, first_seen, last_seen)
  SELECT id, kind, name, requests, at, at
  FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[])
    AS seen (id, kind, name, requests, at)
  ORDER BY 1, 2, 3
  ON CONFLICT (key_id, kind, name) DO UPDATE SET
    requests = key_sources.requests + excluded.requests,
    first_seen = least(key_sources.first_seen, excluded.first_seen),
    last_seen = greatest(key_sources.last_seen, excluded.last_seen)`;
const FORGET_OLDEST = `
  DELETE FROM key_sources s USING (
    SELECT key_id, kind, name,
      row_number() OVER (PARTITION BY key_id, kind ORDER BY last_seen DESC, name) AS place
    FROM key_sources WHERE key_id = ANY ($1::text[])) ranked
  WHERE s.key_id = ranked.key_id AND s.kind = ranked.kind AND s.name = ranked.name
    AND ranked.place > $2`;
const COLUMNS = 'key_id, kind, name, requests, first_seen, last_seen';
const READ_SOURCES = `
  SELECT ${COLUMNS} FROM key_sources WHERE key_id = $1 ORDER BY last_seen DESC, kind, name`;
const RECENT_SOURCES = `
  SELECT ${COLUMNS} FROM key_sources WHERE last_seen >= $1 ORDER BY key_id, last_seen DESC, name`;
const ACTIVITY = `
  SELECT key_id, array_agg(DISTINCT route ORDER BY route) AS routes,
    coalesce(sum(requests) FILTER (WHERE minute >= now() - interval '1 hour'), 0) AS hour_requests,
    coalesce(sum(errors) FILTER (WHERE minute >= now() - interval '1 hour'), 0) AS hour_errors,
    coalesce(sum(requests) FILTER (WHERE minute < now() - interval '1 hour'
      AND minute >= now() - interval '25 hours'), 0) AS day_requests,
    coalesce(sum(errors) FILTER (WHERE minute < now() - interval '1 hour'
      AND minute >= now() - interval '25 hours'), 0) AS day_errors
  FROM key_usage WHERE minute >= $1 GROUP BY key_id ORDER BY key_id`;

interface SourceColumns {
  key_id: string;
  kind: SourceKind;
  name: string;
  requests: string;
  first_seen: Date;
  last_seen: Date;
}

interface ActivityColumns {
  key_id: string;
  routes: string[];
  hour_requests: string;
  hour_errors: string;
  day_requests: string;
  day_errors: string;
}

/** Adds what was seen, and forgets the oldest of keys that are used from everywhere. */
export async function recordSources(
  pool: pg.Pool,
  sources: NonNullable<UsageBatch['sources']>,
): Promise<void> {
  await withClient(pool, async (client) => {
    await client.query(ADD_SOURCES, [
      sources.map((source) => source.keyId),
      sources.map((source) => source.kind),
      sources.map((source) => source.name),
      sources.map((source) => source.requests),
      sources.map((source) => source.at),
    ]);
    await client.query(FORGET_OLDEST, [
      [...new Set(sources.map(({ keyId }) => keyId))],
      SOURCES_KEPT,
    ]);
  });
}

export function keySources(pool: pg.Pool): Pick<KeyRepository, 'readSources' | 'readActivity'> {
  return {
    async readSources(id) {
      const read = await withClient(pool, (client) =>
        client.query<SourceColumns>(READ_SOURCES, [id]),
      );
      return read.rows.map(toSource);
    },
    async readActivity(since) {
      const [used, seen] = await withClient(pool, async (client) => [
        await client.query<ActivityColumns>(ACTIVITY, [since]),
        await client.query<SourceColumns>(RECENT_SOURCES, [since]),
      ]);
      const sources = new Map<string, KeySource[]>();
      for (const row of seen.rows) {
        sources.set(row.key_id, [...(sources.get(row.key_id) ?? []), toSource(row)]);
      }
      return used.rows.map((row) => toActivity(row, sources.get(row.key_id) ?? []));
    },
  };
}

function toSource(row: SourceColumns): KeySource {
  const { kind, name } = row;
  const requests = Number(row.requests);
  return { kind, name, requests, firstSeen: row.first_seen, lastSeen: row.last_seen };
}

function toActivity(row: ActivityColumns, sources: readonly KeySource[]): KeyActivity {
  return {
    keyId: row.key_id,
    routes: row.routes,
    lastHour: { requests: Number(row.hour_requests), errors: Number(row.hour_errors) },
    dayBefore: { requests: Number(row.day_requests), errors: Number(row.day_errors) },
    sources,
  };
}
