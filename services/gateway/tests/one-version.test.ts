import { randomUUID } from 'node:crypto';
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createdKey } from '@omni/contracts/gateway-admin.ts';
import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, startUpstream } from '../src/test-rig.ts';
import type { TestGateway, TestUpstream } from '../src/test-rig.ts';

/**
 * Every version of the configuration has another upstream, another path and another limit, so each
 * answer says three times which version it was decided by. Real sockets, a real key store.
 */
const TOKEN = 'a-token-for-the-administrator';
const SOON = { timeout: 20_000 };
/** Polls end as soon as they can; a machine that is busy with other tests takes its time. */
const SLOW = 120_000;
/** Longer than a table of keys may go unproven: the next request has to ask the store. */
const STALE_AFTER_MS = 600;
const CLIENTS = 12;
const LAST_VERSION = 5;

let folder: string;
let postgres: TestPostgres;
let odd: TestUpstream;
let even: TestUpstream;
let gateway: TestGateway;
let secret: string;

const echo = (word: string): Promise<TestUpstream> =>
  startUpstream((request, response) => response.end(`${word} ${request.url ?? ''}`));

function write(version: number): void {
  const limit = { kind: 'rate', id: `v${version}`, limit: 1_000_000 + version, windowSeconds: 60 };
  const document = {
    format: 1,
    upstreams: { main: { targets: [{ url: (version % 2 === 1 ? odd : even).url }] } },
    limits: [limit],
    routes: [
      {
        ...{ id: 'all', pathPrefix: '/', upstream: 'main' },
        ...{ addPrefix: `/v${version}`, limits: [limit.id] },
      },
    ],
  };
  const file = path.join(folder, 'routes.json');
  writeFileSync(`${file}.new`, JSON.stringify(document));
  renameSync(`${file}.new`, file);
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'omni-one-version-'));
  [postgres, odd, even] = await Promise.all([startTestPostgres(), echo('odd'), echo('even')]);
  write(1);
  gateway = await startGateway({
    CONFIG_FILE: path.join(folder, 'routes.json'),
    DATABASE_URL: postgres.url,
    KEY_PEPPERS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
    ADMIN_TOKEN: TOKEN,
  });
  const created = await fetch(`${gateway.url}/admin/v1/keys`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify({ name: 'one version' }),
  });
  secret = createdKey.parse(await created.json()).secret;
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([odd.stop(), even.stop(), postgres.stop()]);
  await rm(folder, { recursive: true });
});

/** `1` when upstream, path and limit are all those of version 1; else what the answer was. */
async function versionOf(): Promise<string> {
  const answer = await fetch(`${gateway.url}/x`, { headers: { 'x-api-key': secret } });
  const policy = answer.headers.get('ratelimit-policy') ?? '';
  const seen = `${answer.status} ${await answer.text()} ${policy}`;
  const [, version = ''] = /v(\d+)/.exec(seen) ?? [];
  const word = Number(version) % 2 === 1 ? 'odd' : 'even';
  const limit = `"v${version}";q=${1_000_000 + Number(version)};`;
  return seen.startsWith(`200 ${word} /v${version}/x ${limit}`) ? version : seen;
}

/** Asks one request after the other until told to stop. */
function keepAsking(): { versions: string[]; stop: () => Promise<void> } {
  const versions: string[] = [];
  const state = { going: true };
  const asking = (async () => {
    while (state.going) versions.push(await versionOf().catch(String));
  })();
  return {
    versions,
    stop() {
      state.going = false;
      return asking;
    },
  };
}

/** When some of the requests are seen waiting, or all are over. */
async function whenWaiting(requests: Promise<unknown>): Promise<void> {
  const state = { over: false };
  const over = requests.then(() => (state.over = true));
  const seen = async (): Promise<void> => {
    for (let active = 0; active < 2 && !state.over;) {
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
      active = Number(/^http_server_active_requests\{[^}]*GET[^}]*\} (\d+)/m.exec(metrics)?.[1]);
    }
  };
  await Promise.race([over, seen()]);
}

const applied = (version: number): RegExp => new RegExp(`"config_version":${version - 1}\\D`);

describe('a configuration that changes while requests run', { timeout: SLOW }, () => {
  it('fails none, and each request is decided by one version only', async () => {
    const clients = Array.from({ length: CLIENTS }, keepAsking);
    const everyoneSaw = (version: number): boolean =>
      clients.every(({ versions }) => versions.includes(String(version)));
    for (let version = 1; version <= LAST_VERSION; version += 1) {
      if (version > 1) write(version);
      await expect.poll(() => everyoneSaw(version), SOON).toBe(true);
    }
    await Promise.all(clients.map(({ stop }) => stop()));
    for (const { versions } of clients) {
      const numbers = versions.map(Number);
      // Whatever was no version is shown; and nobody goes back to an older one.
      expect(versions.filter((version) => !/^\d+$/.test(version))).toEqual([]);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
  });

  it('holds for requests that it finds waiting for the key store', async () => {
    postgres.pause();
    await new Promise((resolve) => setTimeout(resolve, STALE_AFTER_MS));
    const waiting = Promise.all(Array.from({ length: CLIENTS }, versionOf));
    await whenWaiting(waiting);
    write(LAST_VERSION + 1);
    await expect.poll(gateway.log, SOON).toMatch(applied(LAST_VERSION + 1));
    postgres.resume();
    // Where the machine was slow, some came later: then they are of the new version altogether.
    for (const version of await waiting) {
      expect([String(LAST_VERSION), String(LAST_VERSION + 1)]).toContain(version);
    }
    expect(await versionOf()).toBe(String(LAST_VERSION + 1));
  });
});
