import { randomUUID } from 'node:crypto';
import { changedKey, createdKey, keyList } from '@omni/contracts/gateway-admin.ts';
import type { CreatedKey } from '@omni/contracts/gateway-admin.ts';
import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUpstream, TEST_KEY } from './test-rig.ts';
import type { TestUpstream } from './test-rig.ts';
import { startGatewayProcess } from './test-process.ts';
import type { GatewayProcess } from './test-process.ts';

const TOKEN = 'a-token-for-the-administrator';

let postgres: TestPostgres;
let upstream: TestUpstream;
let first: GatewayProcess;
let second: GatewayProcess;

beforeAll(async () => {
  postgres = await startTestPostgres();
  upstream = await startUpstream((_request, response) => response.end('ok'));
  const env = {
    UPSTREAM_URL: upstream.url,
    DATABASE_URL: postgres.url,
    KEY_PEPPERS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
    ADMIN_TOKEN: TOKEN,
    API_KEYS: TEST_KEY,
  };
  [first, second] = await Promise.all([startGatewayProcess(env), startGatewayProcess(env)]);
});
afterAll(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await upstream.stop();
  await postgres.stop();
});

function admin(path: string, body?: unknown, token = TOKEN): Promise<Response> {
  return fetch(`${first.url}/admin/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      'if-match': '*',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function create(body: unknown = { name: 'test' }): Promise<CreatedKey> {
  const answer = await admin('/keys', body);
  expect(answer.status).toBe(201);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return createdKey.parse(await answer.json());
}

async function statusWith(gateway: GatewayProcess, key: string): Promise<number> {
  return (await fetch(`${gateway.url}/api/x`, { headers: { 'x-api-key': key } })).status;
}

describe('the admin API', () => {
  it('creates, lists and revokes as the contract says; the secret is shown once', async () => {
    const expiresAt = '2031-01-01T00:00:00.000Z';
    const { key, secret } = await create({ name: 'app', expiresAt, rateLimitPerMinute: 7 });
    expect(key).toMatchObject({ name: 'app', source: 'store', expiresAt, rateLimitPerMinute: 7 });
    expect(await statusWith(first, secret)).toBe(200);
    const listed = await admin('/keys');
    const text = await listed.text();
    expect(text).not.toContain(secret.slice(22, 54));
    const { keys } = keyList.parse(JSON.parse(text));
    expect(keys.find((each) => each.id === key.id)?.lastUsedAt).not.toBeNull();
    expect(keys.find((each) => each.source === 'static')).toMatchObject({ id: 'env_1' });
    const revoked = await admin(`/keys/${key.id}/revoke`, { reason: 'test over' });
    expect(changedKey.parse(await revoked.json()).key.revokeReason).toBe('test over');
    expect(await statusWith(first, secret)).toBe(401);
  });

  it.each([
    ['401 unauthorized', 'a wrong token', () => admin('/keys', undefined, 'wrong')],
    ['401 unauthorized', 'a data key as token', () => admin('/keys', undefined, TEST_KEY)],
    ['404 key_not_found', 'an unknown key', () => admin('/keys/nosuchkey000/revoke', {})],
    ['409 key_read_only', 'a static key', () => admin('/keys/env_1/revoke', {})],
    ['400 invalid_request', 'an empty name', () => admin('/keys', { name: ' ' })],
    [
      '400 invalid_request',
      'a wrong limit',
      () => admin('/keys', { name: 'a', rateLimitPerMinute: 0 }),
    ],
    ['404 not_found', 'an unknown route', () => admin('/nothing')],
  ])('answers %s for %s', async (expected, _name, call) => {
    const answer = await call();
    const [status, code] = expected.split(' ');
    expect(String(answer.status)).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toMatchObject({
      status: answer.status,
      code,
      request_id: answer.headers.get('x-request-id'),
    });
  });

  it('enforces the limit of a key', async () => {
    const { secret } = await create({ name: 'slow', rateLimitPerMinute: 1 });
    expect(await statusWith(first, secret)).toBe(200);
    expect(await statusWith(first, secret)).toBe(429);
  });
});

describe('revocation', () => {
  it('reaches another instance within a second, idle or busy', async () => {
    const { key, secret } = await create();
    expect(await statusWith(second, secret)).toBe(200);
    await admin(`/keys/${key.id}/revoke`, {});
    const revokedAt = performance.now();
    expect(await statusWith(first, secret)).toBe(401);
    await expect
      .poll(() => statusWith(second, secret), { interval: 10, timeout: 10_000 })
      .toBe(401);
    expect(performance.now() - revokedAt).toBeLessThan(1_000);
  });

  it('tells nobody whether a refused key ever existed', async () => {
    const { key, secret } = await create();
    await admin(`/keys/${key.id}/revoke`, {});
    const answers = [];
    for (const text of [secret, 'never a key']) {
      const answer = await fetch(`${first.url}/api/x`, { headers: { 'x-api-key': text } });
      const headers = [...answer.headers].filter(([name]) => !/^(x-request-id|date)$/.test(name));
      answers.push(JSON.stringify([answer.status, headers, await answer.text()]));
    }
    expect(answers[0]).toBe(answers[1]);
  });
});

describe('without the store', () => {
  it('stored keys answer 503 unless they ask for more, static keys go on, all recovers', async () => {
    const { secret } = await create();
    const open = await create({ name: 'open', failOpen: true });
    expect(await statusWith(second, open.secret)).toBe(200);
    expect(await statusWith(second, secret)).toBe(200);
    postgres.pause();
    try {
      const settled = { timeout: 12_000, interval: 200 };
      await expect.poll(() => statusWith(second, secret), settled).toBe(503);
      expect(await statusWith(second, TEST_KEY)).toBe(200);
      expect(await statusWith(second, open.secret)).toBe(200);
      const answer = await admin('/keys', { name: 'x' });
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({ code: 'keystore_unavailable' });
      const health = await (await fetch(`${second.url}/health`)).json();
      expect(health).toMatchObject({
        status: 'degraded',
        services: { keystore: { state: 'down' } },
      });
    } finally {
      postgres.resume();
    }
    await expect.poll(() => statusWith(second, secret), { timeout: 10_000 }).toBe(200);
    expect(second.output()).toContain('KEYSTORE_UNREACHABLE');
  });
});
