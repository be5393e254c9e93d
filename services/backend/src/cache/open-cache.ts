import type { MetricRegistry } from '@omni/kit/metric-registry.ts';
import type { RedisPart } from '../data/redis.ts';
import { createCacheMetrics } from './cache-metrics.ts';
import type { CacheParts } from './cached-embedding.ts';
import { MemoryCache } from './memory-cache.ts';
import { RedisCache } from './redis-cache.ts';

interface CacheSources {
  readonly registry: MetricRegistry;
  readonly redis: RedisPart | null;
}

/** The result cache of all models; undefined when `CACHE_MB` is 0, Redis or not. */
export function openCache(
  maxMegabytes: number,
  { registry, redis }: CacheSources,
): CacheParts | undefined {
  if (maxMegabytes === 0) return undefined;
  const memory = new MemoryCache(maxMegabytes * 2 ** 20);
  const count = createCacheMetrics(registry, memory);
  return { memory, count, shared: redis === null ? undefined : new RedisCache(redis, count) };
}
