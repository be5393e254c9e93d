import { createServiceMetrics } from '@omni/kit/metrics.ts';
import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import { startTestRedis, whyNoRedis } from '@omni/kit/test-redis.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readBackendConfig } from '../config.ts';
import { freePort } from '../testing/free-port.ts';
import { memoryLog } from '../testing/test-service.ts';
import { until } from '../testing/until.ts';
import type { Dependencies } from './open-dependencies.ts';
import { openDependencies } from './open-dependencies.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 60_000 });

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function watch(env: Record<string, string>, id = 'one'): Dependencies {
  const dependencies = openDependencies(readBackendConfig(env), {
    registry: createServiceMetrics({ version: '0', revision: 'r' }).registry,
    log: memoryLog().log,
    instance: { id, revision: `rev-${id}`, version: '0' },
  });
  dependencies.start();
  cleanups.push(() => dependencies.close());
  return dependencies;
}

async function run<Server extends { stop(): Promise<void> }>(
  server: Promise<Server>,
): Promise<Server> {
  const started = await server;
  cleanups.push(() => started.stop().catch(() => undefined));
  return started;
}

const stateOf = async (read: () => { state: string }, state: string): Promise<unknown> =>
  until(state, () => read().state === state || undefined);

describe('the parts of the service', () => {
  it('are not configured when nobody named them', () => {
    const { database, redis } = watch({});
    expect(database.health).toMatchObject({
      state: 'not_configured',
      reason: 'DATABASE_URL is not set',
    });
    expect(redis.health).toMatchObject({
      state: 'not_configured',
      reason: 'REDIS_URL is not set',
    });
  });

  it('name their loss', async () => {
    const port = await freePort();
    const { database, redis } = watch({
      DATABASE_URL: `postgresql://omni:secret@127.0.0.1:${port}/omni`,
      REDIS_URL: `redis://127.0.0.1:${port}`,
    });
    await stateOf(() => database.health, 'down');
    await stateOf(() => redis.health, 'down');
    expect(database.health.reason).toBe(`Postgres refused the connection at 127.0.0.1:${port}`);
    expect(redis.health.reason).toBe(`Redis refused the connection at 127.0.0.1:${port}`);
  });
});

describe('Postgres', () => {
  it('keeps who started, and is named when it falls silent and until it is back', async () => {
    const server = await run(startTestPostgres());
    const { database } = watch({ DATABASE_URL: server.url });
    const second = watch({ DATABASE_URL: server.url }, 'two');
    await stateOf(() => database.health, 'ok');
    await stateOf(() => second.database.health, 'ok');
    const third = watch({ DATABASE_URL: server.url }, 'three');
    await stateOf(() => third.database.health, 'ok');
    expect(third.database.health.facts).toMatchObject({
      'starts in 24 h': '3',
      'revisions in 24 h': '3',
      'busy connections': '0 of 4',
    });
    expect(third.database.health.reason).toBeUndefined();
    expect(third.database.health.latencyMs).toBeGreaterThan(0);
    const { host } = new URL(server.url);
    server.pause();
    await stateOf(() => database.health, 'down');
    expect(database.health.reason).toBe(`Postgres did not answer in time at ${host}`);
    server.resume();
    await stateOf(() => database.health, 'ok');
  });

  it('refuses an unknown database by name', async () => {
    const server = await run(startTestPostgres());
    const { database } = watch({ DATABASE_URL: server.url.replace(/postgres$/, 'nothing') });
    await stateOf(() => database.health, 'down');
    expect(database.health.reason).toBe(
      `Postgres has no such database at ${new URL(server.url).host}`,
    );
  });
});

const noRedis = whyNoRedis();
if (noRedis !== undefined) console.warn(`Redis tests are skipped: ${noRedis}`);

describe.skipIf(noRedis !== undefined)('Redis', () => {
  it('is well, is lost, and comes back', async () => {
    const port = await freePort();
    const first = await run(startTestRedis(port));
    const { redis } = watch({ REDIS_URL: first.url });
    await stateOf(() => redis.health, 'ok');
    expect(redis.health.facts?.['version']).toMatch(/^\d+\./);
    await first.stop();
    await stateOf(() => redis.health, 'down');
    expect(redis.health.reason).toMatch(/^Redis .+ at 127\.0\.0\.1:\d+$/);
    await run(startTestRedis(port));
    await stateOf(() => redis.health, 'ok');
  });
});
