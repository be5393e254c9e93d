import { createHash, randomUUID } from 'node:crypto';
import { createdKey } from '@omni/contracts/gateway-admin/keys.ts';
import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mintKey } from '../keys/key-format.ts';
import { startGatewayProcess } from '../test-process.ts';
import type { GatewayProcess } from '../test-process.ts';
import { startUpstream } from '../test-rig.ts';
import type { TestUpstream } from '../test-rig.ts';
import { adminRoutes } from './admin-api.ts';
import type { AdminParts } from './admin-parts.ts';

const SECRETS = {
  admin: `admin-canary-${randomUUID()}`,
  viewer: `viewer-canary-${randomUUID()}`,
  wrong: `wrong-canary-${randomUUID()}`,
  statics: `static-canary-${randomUUID()}`,
  imported: `import-canary-${randomUUID()}`,
  pepper: Buffer.from(`pepper-canary-${randomUUID()}`).toString('base64'),
};

let postgres: TestPostgres;
let upstream: TestUpstream;
let gateway: GatewayProcess;
beforeAll(async () => {
  postgres = await startTestPostgres();
  upstream = await startUpstream((_request, response) => response.end('ok'));
  gateway = await startGatewayProcess({
    UPSTREAM_URL: upstream.url,
    DATABASE_URL: postgres.url,
    KEY_PEPPERS: `1:${SECRETS.pepper}`,
    ADMIN_TOKEN: SECRETS.admin,
    ADMIN_TOKENS: `viewer:${SECRETS.viewer}`,
    ADMIN_PORT: '0',
    API_KEYS: SECRETS.statics,
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  await postgres.stop();
});

/** The admin API has a port of its own here. */
async function adminUrl(): Promise<string> {
  const found = (): string | undefined =>
    /"message":"Admin API listening",.*?"port":(\d+)/.exec(gateway.output())?.[1];
  await expect.poll(found, { timeout: 10_000 }).toBeDefined();
  return `http://127.0.0.1:${found() ?? ''}/admin/v1`;
}

let seen = '';

async function call(url: string, method: string, options: CallOptions = {}): Promise<string> {
  const { token = SECRETS.admin, body } = options;
  const answer = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      cookie: `session=${SECRETS.wrong}`,
      'idempotency-key': randomUUID(),
      'if-match': '*',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (options.shown !== true) seen += JSON.stringify([...answer.headers]) + text;
  return text;
}

interface CallOptions {
  token?: string;
  body?: unknown;
  /** The one answer that may carry a secret. */
  shown?: boolean;
}

/** Everything that the database keeps, as text. */
async function dump(): Promise<string> {
  const client = new pg.Client(postgres.url);
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    let text = '';
    for (const { name } of tables) {
      text += JSON.stringify((await client.query(`SELECT t::text FROM "${name}" t`)).rows);
    }
    return text;
  } finally {
    await client.end();
  }
}

/** Where a leak would be, for the message of a failure. */
function around(text: string, part: string): string {
  const at = text.indexOf(part);
  return `${text.slice(Math.max(0, at - 120), at)}[${part.slice(0, 8)}...]`;
}

it('no secret is anywhere but in the one answer that shows it', async () => {
  const api = await adminUrl();
  const create = async (path: string, body: object): Promise<{ id: string; secret: string }> => {
    const text = await call(`${api}${path}`, 'POST', { body, shown: true });
    const { key, secret } = createdKey.parse(JSON.parse(text));
    return { id: key.id, secret };
  };
  const first = await create('/keys', { name: 'canary' });
  const rotated = await create(`/keys/${first.id}/rotate`, {});
  const pasted = `${SECRETS.imported}\n${mintKey('live').text}`;
  const importing = { format: 'env', text: pasted, dryRun: false };
  await call(`${api}/keys/import`, 'POST', { body: importing });
  const secrets = [first.secret, rotated.secret, ...pasted.split('\n'), ...Object.values(SECRETS)];

  // Used as what they are, as what they are not, and in every place where they don't belong.
  for (const key of secrets) {
    await fetch(`${gateway.url}/api/x?api_key=${key}`, { headers: { 'x-api-key': key } });
    await call(`${api}/keys/${key}`, 'GET', { token: key });
    await call(`${api}/keys?q=${key.slice(0, 80)}&cursor=${key}&state=${key}`, 'GET');
    await call(`${api}/keys/scan`, 'POST', { body: { ids: [key] } });
    await call(`${api}/explain`, 'POST', { body: { keyId: key, path: `/${key}`, scopes: [key] } });
    await call(`${api}/keys/import`, 'POST', { body: { format: 'kong', text: `{${key}` } });
    await call(`${api}/config/validate`, 'POST', { body: { document: { format: key } } });
  }
  const routes = adminRoutes({} as AdminParts).filter(({ path }) => !path.endsWith('/stream'));
  for (const { method, path } of routes) {
    const url = `${api}${path.replace(':id', first.id).replace(':policy', 'key').replace(':subject', first.id)}`;
    for (const token of [SECRETS.wrong, SECRETS.statics, first.secret, SECRETS.viewer]) {
      await call(url, method, { token, ...(method === 'GET' ? {} : { body: { [token]: token } }) });
    }
    await call(url, method, method === 'GET' ? {} : { body: {} });
  }
  seen += await (await fetch(`${gateway.url}/metrics`)).text();
  expect(await (await fetch(`${gateway.url}/admin/v1/keys`)).text()).toContain('not_found');

  const kept = await dump();
  expect(kept).toContain(first.id);
  await gateway.stop();
  expect(gateway.output()).toContain('/admin/v1');
  const places = { answers: seen, database: kept, log: gateway.output() };
  const parts = secrets.map((secret) =>
    secret.startsWith('omni_') ? secret.slice(22, 54) : secret,
  );
  // A plain hash of a key that was given in plain would let a weak one be guessed.
  const hashes = secrets.map((secret) => createHash('sha256').update(secret).digest('hex'));
  for (const [place, text] of Object.entries(places)) {
    const found = [...parts, ...hashes].filter((part) => text.includes(part));
    expect(
      found.map((part) => around(text, part)),
      place,
    ).toEqual([]);
  }
}, 60_000);
