import type { MetricRegistry } from '@omni/kit/metric-registry.ts';

/**
 * How the cache answered for a text: from memory, from Redis, from a run that another request had
 * under way, or not at all. `redis_error` counts commands that Redis did not answer.
 */
const RESULTS = ['hit_memory', 'hit_redis', 'hit_flight', 'miss', 'redis_error'] as const;
export type CacheResult = (typeof RESULTS)[number];

export type CountCache = (result: CacheResult, count: number) => void;

/** `ml_cache_requests_total{result}`, counted in texts. */
export function createCacheMetrics(
  registry: MetricRegistry,
  memory: { readonly bytes: number },
): CountCache {
  const requests = registry.counter({
    name: 'ml_cache_requests_total',
    help: 'Texts asked of the result cache, by how it answered',
    labelNames: ['result'],
  });
  for (const result of RESULTS) requests.inc({ result }, 0);
  registry.gauge({
    name: 'ml_cache_bytes',
    help: 'Bytes of vectors that the result cache holds in memory',
    labelNames: [],
    collect: (gauge) => gauge.set(memory.bytes, {}),
  });
  return (result, count) => {
    if (count > 0) requests.inc({ result }, count);
  };
}
