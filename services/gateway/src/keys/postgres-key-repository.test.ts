import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  newKey,
  readsLikeAKeyRepository,
  writesLikeAKeyRepository,
} from './key-repository.conformance.ts';
import { KeyTable } from './key-table.ts';
import { listenForKeyChanges } from './postgres-key-listener.ts';
import { openPostgresKeyRepository } from './postgres-key-repository.ts';

/** Polling ends as soon as it is true; a busy machine may take a while. */
const SOON = { timeout: 10_000 };

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
    expect(rows).toEqual([{ version: 1 }]);
  });

  readsLikeAKeyRepository(open);
  writesLikeAKeyRepository(open);

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

  it('undoes the whole change when a part of it fails', async () => {
    const repository = await open();
    const key = newKey();
    const { epoch } = await repository.create(key);
    await expect(repository.create(key)).rejects.toMatchObject({ code: 'keystore_unavailable' });
    expect((await repository.readChanges(0)).epoch).toBe(epoch);
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

describe('KeyTable on Postgres', () => {
  it('is fresh after one check and follows changes', async () => {
    const repository = await open();
    const table = new KeyTable(() => Promise.resolve(repository), { reachable: () => undefined });
    expect(table.health().state).toBe('starting');
    expect(await table.ensureFresh()).toBe(true);
    expect(table.ensureFresh()).toBe(true);
    const { key, epoch } = await repository.create(newKey());
    expect(table.find(key.id)).toBeUndefined();
    await table.check();
    expect(table.find(key.id)).toEqual(key);
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
    expect(table.find(key.id)).toBeDefined();
    expect(queries).toBe(2);
    const startedAt = performance.now();
    for (let i = 0; i < 5; i += 1) await table.recheck();
    // Four pauses of 50 ms at least lie between the five; timers may be a little early.
    expect(performance.now() - startedAt).toBeGreaterThan(190);
    expect(queries).toBe(7);
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
    await expect.poll(() => snapshots, SOON).toBe(2);
    await repository.revoke(key.id, 'test');
    const enforced = table.changed();
    deliver();
    await Promise.all([early, enforced]);
    expect(table.find(key.id)?.revokedAt).not.toBeNull();
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
