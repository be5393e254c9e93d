import { createHash, randomUUID } from 'node:crypto';
import { explainAnswer } from '@omni/contracts/gateway-admin/explain.ts';
import { importAnswer } from '@omni/contracts/gateway-admin/import.ts';
import { createdKey } from '@omni/contracts/gateway-admin/keys.ts';
import { limitStates } from '@omni/contracts/gateway-admin/limit-states.ts';
import { verifyPrincipal } from '@omni/kit/principal.ts';
import type { Principal } from '@omni/kit/principal.ts';
import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintKey } from '../keys/key-format.ts';
import { startGateway, startUpstream, TEST_KEY } from '../test-rig.ts';
import type { TestGateway, TestUpstream } from '../test-rig.ts';

/** The admin API together with the gateway that it administers. */
const TOKEN = 'a-token-for-the-administrator';
const PRINCIPAL_SECRET = 'shared-with-the-backend-0123456789';
const SOON = { timeout: 10_000 };

let postgres: TestPostgres;
let upstream: TestUpstream;
let gateway: TestGateway;
let env: Record<string, string>;
/** What the backend was told of the last caller. */
let caller: Principal | null = null;
beforeAll(async () => {
  postgres = await startTestPostgres();
  upstream = await startUpstream(({ headers }, response) => {
    const header = headers['x-omni-principal']?.toString();
    caller = verifyPrincipal(header, PRINCIPAL_SECRET, Date.now());
    response.end('ok');
  });
  env = {
    UPSTREAM_URL: upstream.url,
    DATABASE_URL: postgres.url,
    KEY_PEPPERS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
    ADMIN_TOKEN: TOKEN,
    PRINCIPAL_SECRET,
  };
  gateway = await startGateway(env);
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  await postgres.stop();
});

async function admin(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${gateway.url}/admin/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${TOKEN}`,
      'idempotency-key': randomUUID(),
      'if-match': '*',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answer.json();
}

async function statusWith(key: string, method = 'GET', path = '/api/x'): Promise<number> {
  const options = { method, headers: { 'x-api-key': key } };
  const answer = await fetch(`${gateway.url}${path}`, options);
  await answer.text();
  return answer.status;
}

async function importOne(format: string, text: string): Promise<string> {
  const body = { format, text, dryRun: false };
  const { rows } = importAnswer.parse(await admin('POST', '/keys/import', body));
  return rows[0]?.id ?? '';
}

describe('imported keys', () => {
  it('work at once by their SHA-256, and are hashed with the pepper on their first use', async () => {
    const secret = `sk-${mintKey('live').text.slice(12, 50)}`;
    const hash = createHash('sha256').update(secret).digest('hex');
    const id = await importOne('litellm', JSON.stringify([{ token: hash, key_alias: 'app' }]));
    expect(await statusWith(secret)).toBe(200);
    const isUpgraded = async (): Promise<boolean> => {
      const found = await admin('POST', '/keys/import', { format: 'csv', text: `sha256\n${hash}` });
      return importAnswer.parse(found).rows[0]?.action !== 'exists';
    };
    await expect.poll(isUpgraded, SOON).toBe(true);
    expect(await statusWith(secret)).toBe(200);
    await admin('POST', `/keys/${id}/revoke`, { reason: 'moved' });
    expect(await statusWith(secret)).toBe(401);
  });

  it('of API_KEYS can be revoked: the record in the store wins', async () => {
    expect(await statusWith(TEST_KEY)).toBe(200);
    const id = await importOne('env', `API_KEYS=${TEST_KEY}`);
    expect(await statusWith(TEST_KEY)).toBe(200);
    await admin('POST', `/keys/${id}/revoke`, {});
    expect(await statusWith(TEST_KEY)).toBe(401);
  });
});

describe('a backend', () => {
  it('GS6: is told whose key it was and what that may do, also after a change of both', async () => {
    const first = { identity: 'team-search', scopes: ['GET /api/*'] };
    const made = await admin('POST', '/keys', { name: 'told', ...first });
    const { key, secret } = createdKey.parse(made);
    expect(await statusWith(secret)).toBe(200);
    expect(caller).toEqual({ keyId: key.id, environment: key.environment, ...first });
    const next = { identity: 'team-chat', scopes: ['* /api/**'] };
    await admin('PATCH', `/keys/${key.id}`, next);
    const tellsNext = async (): Promise<unknown> => {
      await statusWith(secret);
      return caller;
    };
    await expect.poll(tellsNext, SOON).toMatchObject(next);
  });
});

describe('explain', () => {
  it('says what really happens, for every state and scope', async () => {
    const scopes = ['GET /api/*', 'POST /api/write'];
    const made = await admin('POST', '/keys', { name: 'narrow', scopes });
    const { key, secret } = createdKey.parse(made);
    const agree = async (method: string, path: string): Promise<string> => {
      const body = { keyId: key.id, method, path, clientAddress: '127.0.0.1' };
      const told = explainAnswer.parse(await admin('POST', '/explain', body));
      const status = await statusWith(secret, method, path);
      expect(told.status ?? 200, `${method} ${path}`).toBe(status);
      return told.decision;
    };
    expect(await agree('GET', '/api/x')).toBe('allowed');
    expect(await agree('POST', '/api/x')).toBe('forbidden');
    expect(await agree('POST', '/api/write')).toBe('allowed');
    expect(await agree('GET', '/api/x/y')).toBe('forbidden');
    await admin('POST', `/keys/${key.id}/disable`);
    expect(await agree('GET', '/api/x')).toBe('refused');
    await admin('POST', `/keys/${key.id}/enable`);
    await admin('PATCH', `/keys/${key.id}`, { cidrs: ['10.0.0.0/8'] });
    expect(await agree('GET', '/api/x')).toBe('refused');
  });
});

describe('limits', () => {
  it('are looked at without spending, explained when used up, and forgotten on demand', async () => {
    const limits = [{ id: 'few', kind: 'exact', limit: 2, windowSeconds: 60 }];
    const made = await admin('POST', '/keys', { name: 'few', limits });
    const { key, secret } = createdKey.parse(made);
    const left = async (): Promise<number | undefined> =>
      limitStates.parse(await admin('GET', `/limits/few/${key.id}`)).limits[0]?.remaining;
    const explain = async (): Promise<string> => {
      const body = { keyId: key.id, path: '/api/x' };
      return explainAnswer.parse(await admin('POST', '/explain', body)).decision;
    };
    expect(await statusWith(secret)).toBe(200);
    expect([await left(), await left()]).toEqual([1, 1]);
    expect(await explain()).toBe('allowed');
    expect(await statusWith(secret)).toBe(200);
    expect(await explain()).toBe('limited');
    expect(await statusWith(secret)).toBe(429);
    expect(await admin('DELETE', `/limits/few/${key.id}`, { reason: 'test' })).toEqual({
      reset: 1,
    });
    expect(await statusWith(secret)).toBe(200);
    expect(await admin('GET', '/audit?action=limit.reset')).toMatchObject({
      entries: [{ target: `limit:few/${key.id}`, reason: 'test' }],
    });
  });
});

describe('roles of an instance', () => {
  it.each([
    ['data', 404, 200],
    ['admin', 200, 404],
  ])('%s', async (role, adminStatus, dataStatus) => {
    const other = await startGateway({
      ...env,
      GATEWAY_ROLE: role,
      API_KEYS: 'another-static-key',
    });
    try {
      const headers = { authorization: `Bearer ${TOKEN}` };
      const keys = await fetch(`${other.url}/admin/v1/keys`, { headers });
      expect(keys.status).toBe(adminStatus);
      const data = { headers: { 'x-api-key': 'another-static-key' } };
      expect((await fetch(`${other.url}/api/x`, data)).status).toBe(dataStatus);
      expect((await fetch(`${other.url}/health/live`)).status).toBe(200);
    } finally {
      await other.stop();
    }
  });
});

describe('a key with the scope metrics:read', () => {
  it('opens /metrics where a token is asked for, and nothing else; other keys do not', async () => {
    const closed = await startGateway({ ...env, METRICS_TOKEN: 'a-token-for-metrics' });
    try {
      const newKey = async (scopes: string[]): Promise<ReturnType<typeof createdKey.parse>> =>
        createdKey.parse(await admin('POST', '/keys', { name: 'scrape', scopes }));
      const ask = async (secret: string, path = '/metrics'): Promise<[number, string]> => {
        const headers = { authorization: `Bearer ${secret}` };
        const answer = await fetch(`${closed.url}${path}`, { headers });
        return [answer.status, await answer.text()];
      };
      const scraper = await newKey(['metrics:read']);
      const [everything, narrow] = [await newKey([]), await newKey(['GET /metrics'])];
      const metrics = expect.stringContaining('gateway_keystore_epoch') as unknown;
      expect(await ask(scraper.secret)).toEqual([200, metrics]);
      expect(await ask('a-token-for-metrics')).toEqual([200, metrics]);
      const body = { keyId: scraper.key.id, method: 'GET', path: '/metrics' };
      expect(await admin('POST', '/explain', body)).toMatchObject({ decision: 'allowed' });
      expect((await ask(scraper.secret, '/api/x'))[0]).toBe(403);
      const denied = expect.stringContaining('Needed: metrics:read') as unknown;
      for (const { secret } of [everything, narrow])
        expect(await ask(secret)).toEqual([403, denied]);
      expect((await ask('another-token'))[0]).toBe(401);
      await admin('POST', `/keys/${scraper.key.id}/revoke`, {});
      await expect.poll(async () => (await ask(scraper.secret))[0], SOON).toBe(401);
    } finally {
      await closed.stop();
    }
  });
});
