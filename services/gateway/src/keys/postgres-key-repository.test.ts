import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listsLikeAKeyRepository } from './key-list.conformance.ts';
import { readsLikeAKeyRepository, writesLikeAKeyRepository } from './key-repository.conformance.ts';
import { changesStatesLikeAKeyRepository } from './key-states.conformance.ts';
import { newKey } from './testing/new-key.ts';
import { NO_ROW } from './key-columns.ts';
import { REVOKED } from './key-snapshot.ts';
import { KeyTable } from './key-table.ts';
import { listenForKeyChanges } from './postgres-key-listener.ts';
import { MIGRATIONS } from './migrations.ts';
import { openPostgresKeyRepository } from './postgres-key-repository.ts';
import { migrate } from './postgres-pool.ts';

/** Polling ends as soon as it is true; a busy machine may take a while. */
const SOON = { timeout: 10_000 };

const SYSTEM = { actor: 'test', role: 'system', reason: '', requestId: '' } as const;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

const open = (): ReturnType<typeof openPostgresKeyRepository> =>
  openPostgresKeyRepository(postgres.url);

async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('keys in Postgres', () => {
  it('migrates once, also when several instances start together', async () => {
    const repositories = await Promise.all([open(), open(), open()]);
    await Promise.all(repositories.map((repository) => repository.close()));
    const rows = await query<{ version: number }>('SELECT version FROM gateway_migrations');
    expect(rows.map((row) => row.version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  });

  readsLikeAKeyRepository(open);
  writesLikeAKeyRepository(open);
  changesStatesLikeAKeyRepository(open);
  listsLikeAKeyRepository(open);

  it('never stores the key itself', async () => {
    const repository = await open();
    const { text, ...input } = newKey();
    await repository.create(input);
    await repository.close();
    const rows = await query<{ row: string }>(
      'SELECT keys::text || key_secrets::text AS row FROM keys, key_secrets',
    );
    const everything = rows.map(({ row }) => row).join('\n');
    expect(everything).toContain(input.id);
    expect(everything).not.toContain(text.slice(22, 54));
  });

  it('writes one audit entry per change, without secrets and digests', async () => {
    const repository = await open();
    const { text, ...input } = newKey({ name: 'audited' });
    const { id } = (await repository.create(input)).key;
    const origin = { actor: 'anna', role: 'admin', reason: 'why', requestId: 'r-7' } as const;
    await repository.patch(id, { name: 'renamed' }, { origin });
    await repository.patch(id, { name: 'renamed' }, { origin });
    await repository.revoke(id, 'leak', { origin });
    const other = (await repository.create(newKey())).key.id;
    await repository.revokeMany([id, other], { origin });
    await repository.close();
    const rows = await query<Record<string, string>>(
      `SELECT actor, action, reason, before, after, target FROM audit
       WHERE target IN ('key:${id}', 'key:${other}') ORDER BY seq`,
    );
    expect(rows.map(({ actor, action, target }) => `${actor} ${action} ${target}`)).toEqual([
      `gateway key.create key:${id}`,
      `anna key.patch key:${id}`,
      `anna key.revoke key:${id}`,
      `gateway key.create key:${other}`,
      `anna key.revoke key:${other}`,
    ]);
    expect(rows[1]).toMatchObject({ before: { name: 'audited' }, after: { name: 'renamed' } });
    const written = JSON.stringify(rows);
    expect(written).not.toContain(text.slice(22, 54));
    expect(written).not.toContain('digest');
  });

  it('forgets for good what was deleted eight days ago, and tells the instances', async () => {
    const repository = await open();
    const { key } = await repository.create(newKey());
    const { epoch } = await repository.remove(key.id, { origin: SYSTEM });
    await query(
      `UPDATE keys SET deleted_at = deleted_at - interval '8 days' WHERE id = '${key.id}'`,
    );
    await expect(repository.restore(key.id, { origin: SYSTEM })).rejects.toMatchObject({
      code: 'key_not_found',
    });
    expect(await repository.purge()).toEqual([key.id]);
    const changes = await repository.readChanges(epoch);
    expect(changes).toMatchObject({ keys: [], gone: [key.id], epoch: epoch + 1 });
    await repository.close();
  });

  it('takes over a store of the first schema with its keys', async () => {
    await query('CREATE DATABASE old');
    const url = postgres.url.replace(/postgres$/, 'old');
    const old = new pg.Client({ connectionString: url });
    await old.connect();
    await migrate(old, MIGRATIONS.slice(0, 1));
    const digest = Buffer.alloc(32, 5);
    await old.query(
      `INSERT INTO keys (id, name, environment, prefix, rate_limit_per_minute)
       VALUES ('0A1b2C3d4E5f', 'old', 'live', 'omni_live_', 9)`,
    );
    await old.query(
      `INSERT INTO key_secrets (key_id, slot, digest, pepper_version, last4)
       VALUES ('0A1b2C3d4E5f', 0, $1, 1, 'abcd')`,
      [digest],
    );
    await old.query("INSERT INTO key_changes VALUES (1, '0A1b2C3d4E5f', 'create')");
    await old.query('UPDATE keystore SET epoch = 1');
    await old.end();
    const repository = await openPostgresKeyRepository(url);
    const { keys, epoch } = await repository.list();
    expect(epoch).toBe(1);
    expect(keys).toMatchObject([
      { name: 'old', version: 1, rateLimitPerMinute: 9, scopes: [], limits: [], disabledAt: null },
    ]);
    expect(keys[0]?.secrets).toMatchObject([{ digest, secretNo: 1, algorithm: 'hmac' }]);
    const rotation = { secret: newKey().secret, overlapSeconds: 60 };
    const rotated = await repository.rotate('0A1b2C3d4E5f', rotation, { origin: SYSTEM });
    expect(rotated).toMatchObject({ epoch: 2, key: { version: 2 } });
    expect(rotated.key.secrets.map((secret) => secret.secretNo)).toEqual([2, 1]);
    await repository.close();
  });

  it('reports a database that is not there', async () => {
    const nowhere = openPostgresKeyRepository('postgres://omni@127.0.0.1:1/none');
    await expect(nowhere).rejects.toMatchObject({ code: 'keystore_unavailable' });
  });
});

describe('change notices', () => {
  it('reach a listener, also after its connection was cut', async () => {
    const repository = await open();
    let notices = 0;
    const listener = listenForKeyChanges(postgres.url, () => (notices += 1));
    // The connection itself counts as a notice.
    await expect.poll(() => notices, SOON).toBe(1);
    await repository.create(newKey());
    await expect.poll(() => notices, SOON).toBe(2);
    await query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'omni-gateway-listen'",
    );
    await expect.poll(() => notices, SOON).toBe(3);
    await repository.create(newKey());
    await expect.poll(() => notices, SOON).toBe(4);
    await listener.stop();
    await repository.close();
  });
});

const rowIn = (table: KeyTable, id: string): number => table.columns.find(id, 0, id.length);

describe('KeyTable on Postgres', () => {
  it('is fresh after one check and follows changes', async () => {
    const repository = await open();
    const table = new KeyTable(() => Promise.resolve(repository), { reachable: () => undefined });
    expect(table.health().state).toBe('starting');
    expect(await table.ensureFresh()).toBe(true);
    expect(table.ensureFresh()).toBe(true);
    const { key, epoch } = await repository.create(newKey());
    expect(rowIn(table, key.id)).toBe(NO_ROW);
    await table.check();
    expect(rowIn(table, key.id)).not.toBe(NO_ROW);
    expect(table.epoch).toBe(epoch);
    table.stop();
    await repository.close();
  });

  it('rechecks with a query sent afterwards, shared and no more often than every 50 ms', async () => {
    const repository = await open();
    let queries = 0;
    const counted = {
      ...repository,
      readChanges: (epoch: number) => {
        queries += 1;
        return repository.readChanges(epoch);
      },
    };
    const table = new KeyTable(() => Promise.resolve(counted), { reachable: () => undefined });
    await table.check();
    const { key } = await repository.create(newKey());
    await Promise.all(Array.from({ length: 50 }, () => table.recheck()));
    expect(rowIn(table, key.id)).not.toBe(NO_ROW);
    expect(queries).toBe(1);
    const startedAt = performance.now();
    for (let i = 0; i < 5; i += 1) await table.recheck();
    // Four pauses of 50 ms at least lie between the five; timers may be a little early.
    expect(performance.now() - startedAt).toBeGreaterThan(190);
    expect(queries).toBe(6);
    await repository.close();
  });

  it('enforces an own change although a read from before it was under way', async () => {
    const repository = await open();
    let deliver: () => void = () => undefined;
    let held: Promise<void> = Promise.resolve();
    let snapshots = 0;
    const slow = {
      ...repository,
      // The snapshot is taken at once and delivered late.
      readChanges: async (epoch: number) => {
        const changes = await repository.readChanges(epoch);
        snapshots += 1;
        await held;
        return changes;
      },
    };
    const table = new KeyTable(() => Promise.resolve(slow), { reachable: () => undefined });
    const { key } = await repository.create(newKey());
    await table.check();
    held = new Promise((resolve) => (deliver = resolve));
    const early = table.check();
    await expect.poll(() => snapshots, SOON).toBe(1);
    await repository.revoke(key.id, 'test');
    const enforced = table.changed();
    deliver();
    await Promise.all([early, enforced]);
    expect(table.columns.flagsOf(rowIn(table, key.id)) & REVOKED).toBe(REVOKED);
    await repository.close();
  });

  it('decides by nothing from before an own change while the store fails', async () => {
    const repository = await open();
    let broken = false;
    const failing = {
      ...repository,
      readChanges: (epoch: number) =>
        broken ? Promise.reject(new Error('lost')) : repository.readChanges(epoch),
    };
    const table = new KeyTable(() => Promise.resolve(failing), { reachable: () => undefined });
    expect(await table.ensureFresh()).toBe(true);
    broken = true;
    await table.changed();
    expect(await table.ensureFresh()).toBe(false);
    broken = false;
    expect(await table.ensureFresh()).toBe(true);
    table.stop();
    await repository.close();
  });

  it('answers stale when the store stays silent, and recovers', async () => {
    const repository = await open();
    const seen: boolean[] = [];
    const table = new KeyTable(() => Promise.resolve(repository), {
      reachable: (reachable) => seen.push(reachable),
    });
    await table.check();
    postgres.pause();
    await table.check();
    expect(table.health().state).toBe('degraded');
    // Still young enough to decide by.
    expect(await table.ensureFresh()).toBe(true);
    await expect.poll(() => table.ensureFresh(), SOON).toBe(false);
    expect(table.health().state).toBe('down');
    postgres.resume();
    await expect.poll(() => table.ensureFresh(), SOON).toBe(true);
    expect(seen).toEqual([false, true]);
    table.stop();
    await repository.close();
  });
});
