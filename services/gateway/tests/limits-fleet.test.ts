import { randomUUID } from 'node:crypto';
import { createdKey } from '@omni/contracts/gateway-admin.ts';
import { limitStates } from '@omni/contracts/gateway-admin/limit-states.ts';
import type { LimitPolicyInput } from '@omni/contracts/limits.ts';
import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import { startTestRedis, whyNoRedis } from '@omni/kit/test-redis.ts';
import type { TestRedis } from '@omni/kit/test-redis.ts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { until } from '../src/limit/testing/limit-fixtures.ts';
import { startGatewayProcess } from '../src/test-process.ts';
import type { GatewayProcess } from '../src/test-process.ts';
import { startUpstream } from '../src/test-rig.ts';
import type { TestUpstream } from '../src/test-rig.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const TOKEN = 'a-token-for-the-administrator';
const missing = whyNoRedis();
if (missing !== undefined) process.stdout.write(`Skipped, limits over instances: ${missing}\n`);

let redis: TestRedis;
let postgres: TestPostgres;
let upstream: TestUpstream;
let env: Record<string, string>;
const fleet: GatewayProcess[] = [];

const gateway = (i: number): GatewayProcess => {
  const one = fleet[i % fleet.length];
  if (one === undefined) throw new Error('No gateway');
  return one;
};

async function admin(path: string, method = 'GET', body?: unknown): Promise<Response> {
  return fetch(`${gateway(0).url}/admin/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function newKey(rest: object): Promise<{ id: string; secret: string }> {
  const answer = await admin('/keys', 'POST', { name: 'limited', reason: 'test', ...rest });
  expect(answer.status).toBe(201);
  const { key, secret } = createdKey.parse(await answer.json());
  return { id: key.id, secret };
}

const limited = (policy: Partial<LimitPolicyInput>): Promise<{ id: string; secret: string }> =>
  newKey({ limits: [{ id: 'l', kind: 'exact', limit: 100, windowSeconds: 600, ...policy }] });

/** Unknown paths, so that limits are seen to hold there too. */
const call = (secret: string, at: GatewayProcess): Promise<Response> =>
  fetch(`${at.url}/${randomUUID()}`, { headers: { 'x-api-key': secret } });

async function statuses(secret: string, count: number, at = gateway): Promise<number[]> {
  const calls = Array.from({ length: count }, (_, i) => call(secret, at(i)));
  return (await Promise.all(calls)).map(({ status }) => status);
}

const countOf = (all: readonly number[], status: number): number =>
  all.filter((each) => each === status).length;

describe.skipIf(missing !== undefined)('limits over instances', () => {
  beforeAll(async () => {
    [redis, postgres] = await Promise.all([startTestRedis(), startTestPostgres()]);
    upstream = await startUpstream((_request, response) => response.end('ok'));
    env = {
      UPSTREAM_URL: upstream.url,
      DATABASE_URL: postgres.url,
      KEY_PEPPERS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
      ADMIN_TOKEN: TOKEN,
      REDIS_URL: redis.url,
      // Far above what Redis takes, on a machine that may be busy.
      REDIS_TIMEOUT_MS: '3000',
    };
    fleet.push(...(await Promise.all([1, 2, 3].map(() => startGatewayProcess(env)))));
  });
  afterAll(async () => {
    await Promise.all(fleet.map((each) => each.stop('SIGKILL')));
    await upstream.stop();
    await postgres.stop();
    await redis.stop();
  });

  it('200 requests at once on 3 instances: exactly the limit of 100 passes', async () => {
    const { secret } = await limited({ storeLoss: 'closed' });
    const before = upstream.requests.length;
    const all = await statuses(secret, 200);
    expect([countOf(all, 200), countOf(all, 429)]).toEqual([100, 100]);
    expect(upstream.requests.length - before).toBe(100);
  });

  it('waiting exactly Retry-After is admitted, on any instance', async () => {
    const { secret } = await limited({ limit: 2, windowSeconds: 4 });
    await call(secret, gateway(0));
    await call(secret, gateway(1));
    const refused = await call(secret, gateway(2));
    expect(refused.status).toBe(429);
    expect(refused.headers.get('ratelimit-policy')).toBe('"l";q=2;w=4');
    const seconds = Number(refused.headers.get('retry-after'));
    expect(refused.headers.get('ratelimit')).toBe(`"l";r=0;t=${seconds}`);
    expect(seconds).toBeGreaterThanOrEqual(1);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    expect((await call(secret, gateway(2))).status).toBe(200);
  });

  it('the admin API sees what is left and can reset it', async () => {
    const { id, secret } = await limited({ limit: 3 });
    expect(countOf(await statuses(secret, 5), 200)).toBe(3);
    const path = `/limits/l/${id}`;
    const peeked = limitStates.parse(await (await admin(path)).json());
    expect(peeked.limits[0]).toMatchObject({ remaining: 0, source: 'redis' });
    expect((await admin(path, 'DELETE', { reason: 'test' })).status).toBe(200);
    expect(countOf(await statuses(secret, 5), 200)).toBe(3);
  });

  it.each(['killed', 'suspended'])('Redis %s: closed, open and local as they say', async (how) => {
    const keys = {
      closed: await limited({ storeLoss: 'closed' }),
      open: await limited({ storeLoss: 'open', limit: 1 }),
      local: await limited({ storeLoss: 'local', limit: 9 }),
    };
    // Once each: instances have to know the keys and each other.
    await Promise.all(Object.values(keys).map(({ secret }) => statuses(secret, 3)));
    if (how === 'killed') await redis.kill();
    else redis.pause();
    const statusAt = async (i: number): Promise<number> =>
      (await call(keys.closed.secret, gateway(i))).status;
    for (const i of [0, 1, 2]) await until('503', async () => (await statusAt(i)) === 503);
    const closed = await call(keys.closed.secret, gateway(0));
    expect(closed.headers.get('retry-after')).toBe('1');
    expect(await closed.json()).toMatchObject({ code: 'limit_store_unavailable' });
    expect(countOf(await statuses(keys.open.secret, 9), 200)).toBe(9);
    expect((await admin(`/limits/l/${keys.open.id}`)).status).toBe(503);
    // A third of 9 on each instance.
    expect(countOf(await statuses(keys.local.secret, 30), 200)).toBe(9);
    if (how === 'killed') await redis.restart();
    else redis.resume();
    for (const i of [0, 1, 2]) await until('200', async () => (await statusAt(i)) === 200);
  });

  it('a quota: an instance that is stopped gives its lease back', async () => {
    const { secret } = await newKey({ quotas: [{ id: 'q', period: 'total', limit: 200 }] });
    const leaving = await startGatewayProcess(env);
    try {
      expect(countOf(await statuses(secret, 101, () => leaving), 200)).toBe(101);
    } finally {
      expect(await leaving.stop('SIGTERM')).toBe(0);
    }
    const rest = await statuses(secret, 120, () => gateway(0));
    expect(countOf(rest, 200)).toBe(99);
    const refused = await call(secret, gateway(0));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, null]);
  });

  it('a quota: kill -9 of an instance exceeds nothing and loses one lease at most', async () => {
    const { secret } = await newKey({ quotas: [{ id: 'q', period: 'day', limit: 500 }] });
    const victim = gateway(2);
    const first = countOf(await statuses(secret, 33, () => victim), 200);
    await victim.stop('SIGKILL');
    fleet.splice(2, 1);
    let total = first;
    for (let i = 0; i < 4; i += 1) total += countOf(await statuses(secret, 150), 200);
    expect(first).toBe(33);
    expect(total).toBeLessThanOrEqual(500);
    // One block (5 units) died with the victim, each of the other two may still hold one.
    expect(total).toBeGreaterThanOrEqual(500 - 3 * 5);
    const refused = await call(secret, gateway(0));
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: 'quota_exceeded' });
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(86_400);
  });
});
