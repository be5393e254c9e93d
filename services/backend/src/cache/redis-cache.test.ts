import { createServiceMetrics } from '@omni/kit/metrics.ts';
import { startTestRedis, whyNoRedis } from '@omni/kit/test-redis.ts';
import type { TestRedis } from '@omni/kit/test-redis.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RedisPart } from '../data/redis.ts';
import { openRedis } from '../data/redis.ts';
import { until } from '../testing/until.ts';
import type { CacheResult } from './cache-metrics.ts';
import type { CachedVector } from './cached-vector.ts';
import { RedisCache } from './redis-cache.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const reason = whyNoRedis();
if (reason !== undefined) process.stdout.write(`Redis tests are skipped: ${reason}\n`);

const entry: CachedVector = { vector: Float32Array.of(0.1, -2.5, 3e-20), tokens: 12 };

describe.skipIf(reason !== undefined)('vectors in Redis', () => {
  let server: TestRedis;
  const parts: RedisPart[] = [];
  let failures = 0;
  const count = (result: CacheResult): void => {
    if (result === 'redis_error') failures += 1;
  };

  /** A cache as an instance has it, once it is connected. */
  async function connect(): Promise<{ cache: RedisCache; part: RedisPart }> {
    const { registry } = createServiceMetrics({ version: '0', revision: 'r' });
    const duration = registry.histogram({
      name: 'db_client_operation_duration_seconds',
      help: 'h',
      labelNames: ['db_system_name', 'db_operation_name'],
      buckets: [1],
    });
    const part = openRedis(server.url, duration);
    parts.push(part);
    await part.check();
    return { cache: new RedisCache(part, count), part };
  }
  const read = async (cache: RedisCache, key: string, dims = 3): Promise<unknown> =>
    (await cache.getMany([key], dims))[0];

  beforeAll(async () => {
    server = await startTestRedis();
  });
  afterEach(() => {
    for (const part of parts.splice(0)) part.close();
    failures = 0;
  });
  afterAll(() => server.stop());

  it('are the same for another instance, with their token count', async () => {
    const { cache: writer } = await connect();
    const { cache: reader } = await connect();
    writer.setMany([['shared', entry]]);
    await until('the write', () => read(reader, 'shared'));
    expect(await reader.getMany(['nobody', 'shared'], 3)).toEqual([undefined, entry]);
  });

  it('are not taken for a model of other dimensions', async () => {
    const { cache } = await connect();
    cache.setMany([['dims', entry]]);
    await until('the write', () => read(cache, 'dims'));
    expect(await read(cache, 'dims', 4)).toBeUndefined();
  });

  it('are missed, not failed, when the server hangs; then it is left alone', async () => {
    const { cache } = await connect();
    server.pause();
    try {
      expect(await cache.getMany(['any'], 3)).toEqual([]);
      expect([cache.usable, failures]).toEqual([false, 1]);
    } finally {
      server.resume();
    }
  });

  it('are missed when the server is killed, and found again after its return', async () => {
    const { cache, part } = await connect();
    await server.kill();
    await until('the loss', async () => {
      await cache.getMany(['any'], 3);
      return !cache.usable || undefined;
    });
    cache.setMany([['any', entry]]);
    await server.restart();
    await until('the return', async () => {
      await part.check().catch(() => undefined);
      return cache.usable || undefined;
    });
    cache.setMany([['back', entry]]);
    expect(await until('the write', () => read(cache, 'back'))).toEqual(entry);
  });
});
