import type { RedisPart } from '../data/redis.ts';
import type { CachedVector } from './cached-vector.ts';
import { decodeVector, encodeVector } from './cached-vector.ts';
import type { CountCache } from './cache-metrics.ts';

/** Vectors that several instances share. Every failure is a miss; nothing here throws. */
export interface SharedCache {
  /** False while it was lost a moment ago: asking would only cost time. */
  readonly usable: boolean;
  getMany(keys: readonly string[], dims: number): Promise<readonly (CachedVector | undefined)[]>;
  /** Not awaited: a request never waits for a write. */
  setMany(entries: readonly (readonly [string, CachedVector])[]): void;
}

/** An inference takes milliseconds, so a Redis slower than this is no help. */
const TIMEOUT_MS = 100;
/** After a failure Redis is left alone for so long. */
const PAUSE_MS = 3_000;
/** Only bounds the space: a key names its content, so an entry never becomes wrong. */
const TTL_SECONDS = 7 * 24 * 3_600;
const PREFIX = 'omni:vector:';

export class RedisCache implements SharedCache {
  readonly #redis: RedisPart;
  readonly #count: CountCache;
  #readFrom = 0;
  /** Apart from reads: a Redis that is full refuses writes and still reads. */
  #writeFrom = 0;

  constructor(redis: RedisPart, count: CountCache) {
    this.#redis = redis;
    this.#count = count;
  }

  get usable(): boolean {
    return this.#redis.bytes() !== undefined && performance.now() >= this.#readFrom;
  }

  async getMany(
    keys: readonly string[],
    dims: number,
  ): Promise<readonly (CachedVector | undefined)[]> {
    const client = this.#redis.bytes();
    if (client === undefined) return [];
    try {
      const rows = await within(TIMEOUT_MS, client.mGet(keys.map((key) => PREFIX + key)));
      return rows.map((row) => (row === null ? undefined : decodeVector(row, dims)));
    } catch {
      // How Redis is shows in /api/health; for a request its loss is a miss.
      this.#count('redis_error', 1);
      this.#readFrom = performance.now() + PAUSE_MS;
      return [];
    }
  }

  setMany(entries: readonly (readonly [string, CachedVector])[]): void {
    const client = this.#redis.bytes();
    if (client === undefined || !this.usable || performance.now() < this.#writeFrom) return;
    const expiration = { type: 'EX', value: TTL_SECONDS } as const;
    for (const [key, entry] of entries) {
      client.set(PREFIX + key, encodeVector(entry), { expiration }).catch(() => {
        this.#count('redis_error', 1);
        this.#writeFrom = performance.now() + PAUSE_MS;
      });
    }
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
