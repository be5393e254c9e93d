import { describe, expect, it } from 'vitest';
import type { EmbedResult } from '../inference/embed-job.ts';
import { InferenceError, inputTooLong } from '../inference/inference-error.ts';
import type { EmbedItem } from '../inference/lane-protocol.ts';
import type { CachedVector } from './cached-vector.ts';
import type { CachedEmbeddingOptions } from './cached-embedding.ts';
import { CachedEmbedding } from './cached-embedding.ts';
import { MemoryCache } from './memory-cache.ts';
import type { SharedCache } from './redis-cache.ts';

/** A run that a test ends by hand. */
interface Run {
  readonly texts: readonly EmbedItem['input'][];
  readonly signal: AbortSignal;
  readonly finish: () => void;
  readonly fail: (error: unknown) => void;
}

const vectorOf = (text: string): Float32Array => Float32Array.of(text.length, 1);

interface Bench {
  readonly cached: CachedEmbedding;
  readonly runs: Run[];
  readonly counts: Record<string, number>;
  readonly ask: (texts: readonly string[], options?: Partial<Ask>) => Promise<EmbedResult>;
}

interface Ask {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly truncate: boolean;
}

function bench(options: Partial<CachedEmbeddingOptions> = {}): Bench {
  const runs: Run[] = [];
  const counts: Record<string, number> = {};
  const cached = new CachedEmbedding({
    scope: 'one',
    dims: 2,
    memory: new MemoryCache(2 ** 20),
    shared: undefined,
    count: (result, count) => {
      if (count > 0) counts[result] = (counts[result] ?? 0) + count;
    },
    compute: (items, { signal }) =>
      new Promise((resolve, reject) => {
        const texts = items.map(({ input }) => String(input));
        const answer = {
          vectors: texts.map(vectorOf),
          tokens: texts.map(({ length }) => length + 2),
          queueMs: 1,
          tokenizeMs: 2,
          inferMs: 3,
        };
        runs.push({ texts, signal, finish: () => resolve(answer), fail: reject });
        signal.addEventListener('abort', () =>
          reject(new InferenceError('client_gone', { message: 'nobody waits' })),
        );
      }),
    ...options,
  });
  return {
    cached,
    runs,
    counts,
    ask: (texts, { truncate = true, ...rest } = {}) =>
      cached.embed({
        items: texts.map((input) => ({ input, truncate })),
        timeoutMs: 10_000,
        ...rest,
      }),
  };
}

const tooFew = new Error('there is no such run');
function run(from: Bench, index: number): Run {
  const found = from.runs[index];
  if (found === undefined) throw tooFew;
  return found;
}

/** All that is already decided has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the result cache', () => {
  it('runs only the texts of a request that it does not know', async () => {
    const cache = bench();
    const known = cache.ask(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    run(cache, 0).finish();
    await known;
    await settled();
    const mixed = cache.ask(['a', 'x', 'b', 'c', 'yy', 'd', 'e', 'f', 'zzz', 'g']);
    expect(run(cache, 1).texts).toEqual(['x', 'yy', 'zzz']);
    run(cache, 1).finish();
    const { vectors, tokens } = await mixed;
    expect(vectors.map((vector) => vector[0])).toEqual([1, 1, 1, 1, 2, 1, 1, 1, 3, 1]);
    expect(tokens).toEqual([3, 3, 3, 3, 4, 3, 3, 3, 5, 3]);
    expect(cache.counts).toEqual({ miss: 10, hit_memory: 7 });
  });

  it('runs equal texts once, in one request and in several', async () => {
    const cache = bench();
    const first = cache.ask(['same', 'same']);
    const second = cache.ask(['other', 'same']);
    expect(cache.runs.map(({ texts }) => texts)).toEqual([['same'], ['other']]);
    run(cache, 0).finish();
    run(cache, 1).finish();
    expect((await first).vectors).toEqual([vectorOf('same'), vectorOf('same')]);
    expect((await second).tokens).toEqual([7, 6]);
  });

  it('answers from a run that has just ended, before its texts are kept', async () => {
    const cache = bench();
    const asked = cache.ask(['text']);
    run(cache, 0).finish();
    await asked;
    expect((await cache.ask(['text'])).vectors).toEqual([vectorOf('text')]);
    await settled();
    await cache.ask(['text']);
    expect(cache.counts).toEqual({ miss: 1, hit_flight: 1, hit_memory: 1 });
  });

  it('keeps options and versions apart', async () => {
    const memory = new MemoryCache(2 ** 20);
    const one = bench({ memory });
    const two = bench({ memory, scope: 'two' });
    const asked = one.ask(['text']);
    run(one, 0).finish();
    await asked;
    const others = [one.ask(['text'], { truncate: false }), two.ask(['text'])];
    run(one, 1).finish();
    run(two, 0).finish();
    await Promise.all(others);
    expect([one.runs.length, two.runs.length]).toEqual([2, 1]);
  });

  it('ends a run when all who wait for it have left, not before', async () => {
    const cache = bench();
    const clients = [new AbortController(), new AbortController()];
    const asked = clients.map(({ signal }) => cache.ask(['shared'], { signal }));
    const outcomes = Promise.allSettled(asked);
    clients[0]?.abort();
    await expect(asked[0]).rejects.toMatchObject({ code: 'client_gone' });
    expect(run(cache, 0).signal.aborted).toBe(false);
    clients[1]?.abort();
    await outcomes;
    expect(run(cache, 0).signal.aborted).toBe(true);
    // Nobody joins what is being dropped.
    const late = cache.ask(['shared']);
    run(cache, 1).finish();
    expect((await late).vectors).toHaveLength(1);
  });

  it('answers the one who stays when the one who asked first leaves', async () => {
    const cache = bench();
    const client = new AbortController();
    const gone = cache.ask(['shared'], { signal: client.signal });
    const stays = cache.ask(['shared']);
    client.abort();
    await expect(gone).rejects.toMatchObject({ code: 'client_gone' });
    run(cache, 0).finish();
    expect((await stays).vectors).toEqual([vectorOf('shared')]);
    expect(cache.runs).toHaveLength(1);
  });

  it('ends a wait at its own deadline', async () => {
    const cache = bench();
    const patient = cache.ask(['slow']);
    const hasty = cache.ask(['slow'], { timeoutMs: 1 });
    await expect(hasty).rejects.toMatchObject({ code: 'deadline_exceeded' });
    run(cache, 0).finish();
    expect((await patient).vectors).toHaveLength(1);
  });
});

describe('a run that fails', () => {
  it('is not remembered', async () => {
    const cache = bench();
    const lost = cache.ask(['text']);
    run(cache, 0).fail(new InferenceError('lane_died', { message: 'killed' }));
    await expect(lost).rejects.toMatchObject({ code: 'lane_died' });
    const again = cache.ask(['text']);
    run(cache, 1).finish();
    expect((await again).vectors).toHaveLength(1);
  });

  it('names the input of each request that is too long, and spares the others', async () => {
    const cache = bench();
    const owner = cache.ask(['fine', 'long']);
    const sameText = cache.ask(['x', 'y', 'long']);
    const otherText = cache.ask(['fine']);
    const failures = Promise.allSettled([owner, sameText]);
    run(cache, 0).fail(inputTooLong(1, 300));
    run(cache, 1).finish();
    await settled();
    expect(run(cache, 2).texts).toEqual(['fine']);
    run(cache, 2).finish();
    expect((await otherText).tokens).toEqual([6]);
    expect((await failures).map((one) => one.status === 'rejected' && String(one.reason))).toEqual([
      expect.stringContaining('input 1 has 300 tokens'),
      expect.stringContaining('input 2 has 300 tokens'),
    ]);
  });

  it('takes those with it who joined, when the lane is at fault', async () => {
    const cache = bench();
    const both = Promise.allSettled([cache.ask(['text']), cache.ask(['text'])]);
    run(cache, 0).fail(new InferenceError('lane_died', { message: 'killed' }));
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(cache.runs).toHaveLength(1);
  });
});

describe('the shared cache', () => {
  const shelf = new Map<string, CachedVector>();
  const shared: SharedCache = {
    usable: true,
    getMany: (keys) => Promise.resolve(keys.map((key) => shelf.get(key))),
    setMany: (entries) => {
      for (const [key, entry] of entries) shelf.set(key, entry);
    },
  };

  it('answers for another instance, text by text, and fills the memory', async () => {
    const writer = bench({ shared });
    const asked = writer.ask(['known']);
    await settled();
    run(writer, 0).finish();
    await asked;
    await settled();
    const reader = bench({ shared });
    const mixed = reader.ask(['new', 'known']);
    await settled();
    expect(run(reader, 0).texts).toEqual(['new']);
    run(reader, 0).finish();
    expect((await mixed).tokens).toEqual([5, 7]);
    await settled();
    await reader.ask(['known']);
    expect(reader.counts).toEqual({ hit_redis: 1, miss: 1, hit_memory: 1 });
  });
});
