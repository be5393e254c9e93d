import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { build, create, tiny } from '../../test-kit/deploy.ts';
import { makeFolders, removeFolders, startHarness } from '../../test-kit/local-cloud-harness.ts';
import type { Harness } from '../../test-kit/local-cloud-harness.ts';
import { until } from '../../test-kit/until.ts';

// The home of root is closed to every other user: the place where running it is hardest.
const folders = makeFolders(os.homedir());
const harnesses: Harness[] = [];

afterEach(async () => {
  for (const harness of harnesses.splice(0)) await harness.stop();
  removeFolders(folders);
});

function postmasterPid(): number {
  const file = path.join(folders.stateDir, 'postgres', 'data', 'postmaster.pid');
  return Number.parseInt(fs.readFileSync(file, 'utf8'), 10);
}

async function databaseUrlOf(harness: Harness, uri: string | null | undefined): Promise<string> {
  const response = await fetch(`${uri ?? ''}/env`);
  const env = (await response.json()) as Record<string, string>;
  expect(env['HOME']).toContain(harness.stateDir);
  return env['DATABASE_URL'] ?? '';
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

// initdb alone takes seconds on a busy machine.
describe('the local Postgres', { timeout: 60_000 }, () => {
  it('gives a service its database, dies with local-cloud and recovers from kill -9', async () => {
    const first = await startHarness(folders, []);
    harnesses.push(first);
    await build(first, 'tiny');
    const service = await create(first, 'tiny', { containers: [tiny()] });
    const url = await databaseUrlOf(first, service.uri);
    await query(url, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (42)');
    expect(await query(url, 'SELECT current_user AS me, n FROM kept')).toEqual([
      { me: 'tiny', n: 42 },
    ]);
    const pid = postmasterPid();
    harnesses.splice(0);
    await first.kill();
    await until('postgres is gone', () => !fs.existsSync(`/proc/${pid}`), 2000);

    const second = await startHarness(folders, []);
    harnesses.push(second);
    const restored = await until('the service answers', async () => {
      const [message] = await second.clients.services.getService(
        { name: service.name ?? '' },
        second.clients.options,
      );
      return message.uri ? message : null;
    });
    const urlNow = await databaseUrlOf(second, restored.uri);
    expect(await query(urlNow, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
    expect(new URL(urlNow).password).toBe(new URL(url).password);
  });
});
