import { mkdtemp, cp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { referenceTexts, shippedModel } from '../testing/reference.ts';
import { isAlive, until } from '../testing/until.ts';
import { cosine } from './cosine.ts';
import type { EmbedderOptions } from './embedder.ts';
import { Embedder } from './embedder.ts';
import { createForkLaneHost } from './fork-lane-host.ts';
import type { EmbedItem } from './lane-protocol.ts';
import type { EmbeddingVersion } from './model-repository.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 60_000 });

let model: EmbeddingVersion;
let dispatched = 0;
const deaths: string[] = [];

const item = (input: EmbedItem['input']): EmbedItem => ({ input, truncate: true });
const longText = Array.from({ length: 250 }, () => 'latency').join(' ');

function create(options: Partial<EmbedderOptions> = {}): Embedder {
  return new Embedder({
    model,
    host: createForkLaneHost(),
    lanes: 1,
    limits: { maxTokens: 65_536, maxItems: 4_096 },
    timeouts: { loadMs: 40_000, dispatchMs: 30_000 },
    events: {
      onReady: () => undefined,
      onLaneDeath: (reason) => deaths.push(reason),
      onDispatch: (items) => (dispatched += items),
    },
    ...options,
  });
}

async function started(options: Partial<EmbedderOptions> = {}): Promise<Embedder> {
  const embedder = create(options);
  embedder.start();
  await until('lane ready', () => embedder.lanes.ready > 0 || undefined);
  return embedder;
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'answered',
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

beforeAll(async () => {
  model = await shippedModel();
});
afterEach(() => {
  dispatched = 0;
  deaths.length = 0;
});

describe('the shipped model', () => {
  let embedder: Embedder;
  beforeAll(async () => {
    embedder = await started();
  });
  afterAll(() => embedder.stop());

  it('counts tokens like the reference and keeps its vectors', async () => {
    for (const { text, tokenCount, int8, fp32 } of referenceTexts(model)) {
      const { vectors, tokens } = await embedder.embed({ items: [item(text)], timeoutMs: 40_000 });
      expect(tokens).toEqual([tokenCount]);
      expect(cosine(vectors[0] ?? [], int8), text).toBeGreaterThanOrEqual(0.999);
      expect(cosine(vectors[0] ?? [], fp32), text).toBeGreaterThanOrEqual(0.96);
    }
  });

  it('gives a text the same vector alone and in a mixed batch, in the order asked', async () => {
    const texts = referenceTexts(model).map(({ text }) => text);
    const together = await embedder.embed({ items: texts.map(item), timeoutMs: 40_000 });
    for (const [index, text] of texts.entries()) {
      const alone = await embedder.embed({ items: [item(text)], timeoutMs: 40_000 });
      const likeness = cosine(alone.vectors[0] ?? [], together.vectors[index] ?? []);
      expect(likeness, text).toBeGreaterThanOrEqual(0.9999);
    }
  });

  it('takes token ids as they are', async () => {
    const [first] = referenceTexts(model);
    const { vectors } = await embedder.embed({
      items: [item(first?.tokens ?? [])],
      timeoutMs: 40_000,
    });
    expect(cosine(vectors[0] ?? [], first?.int8 ?? [])).toBeGreaterThanOrEqual(0.999);
  });

  it('refuses a text over the limit unless it may be cut', async () => {
    const input = `${longText} ${longText}`;
    const asIs = embedder.embed({ items: [{ input, truncate: false }], timeoutMs: 40_000 });
    await expect(asIs).rejects.toMatchObject({ code: 'input_too_long' });
    const cut = await embedder.embed({ items: [item(input)], timeoutMs: 40_000 });
    expect(cut.tokens).toEqual([256]);
  });

  it('never runs what its client left or what its deadline took while it waited', async () => {
    const [pid = 0] = embedder.pids;
    process.kill(pid, 'SIGSTOP');
    const running = embedder.embed({ items: [item('runs')], timeoutMs: 40_000 });
    const client = new AbortController();
    const { signal } = client;
    const gone = embedder.embed({ items: [item('gone')], timeoutMs: 40_000, signal });
    const late = embedder.embed({ items: [item('late')], timeoutMs: 100 });
    client.abort();
    expect(await codeOf(gone)).toBe('client_gone');
    expect(await codeOf(late)).toBe('deadline_exceeded');
    process.kill(pid, 'SIGCONT');
    await running;
    await embedder.embed({ items: [item('after')], timeoutMs: 40_000 });
    expect(dispatched).toBe(2);
    expect(embedder.queue.depth).toBe(0);
  });
});

describe('a lane that ends', () => {
  it('fails its requests as retryable, keeps the waiting ones, and is back as fast as it started', async () => {
    const startedAt = performance.now();
    const embedder = await started();
    const startMs = performance.now() - startedAt;
    const [pid] = embedder.pids;
    const lost = embedder.embed({ items: [item(longText)], timeoutMs: 40_000 });
    const waiting = embedder.embed({ items: [item('waits')], timeoutMs: 40_000 });
    process.kill(pid ?? 0, 'SIGKILL');
    await expect(lost).rejects.toMatchObject({ code: 'lane_died', retryAfterSeconds: 1 });
    const diedAt = performance.now();
    expect((await waiting).vectors).toHaveLength(1);
    // About 0.5 s on an idle machine; on a busy one everything takes longer, the start as well.
    expect(performance.now() - diedAt).toBeLessThan(500 + 4 * startMs);
    expect(embedder.lanes).toEqual({ total: 1, ready: 1, restarts: 1 });
    expect(deaths).toEqual(['SIGKILL']);
    await embedder.stop();
  });

  it('is killed when it hangs', async () => {
    const embedder = await started({ timeouts: { loadMs: 40_000, dispatchMs: 300 } });
    process.kill(embedder.pids[0] ?? 0, 'SIGSTOP');
    const stuck = embedder.embed({ items: [item('x')], timeoutMs: 40_000 });
    await expect(stuck).rejects.toMatchObject({ code: 'lane_died' });
    expect(deaths).toEqual(['the lane hung']);
    await embedder.stop();
  });

  it('leaves no process behind after a stop', async () => {
    const embedder = await started({ lanes: 2 });
    await until('both lanes', () => embedder.lanes.ready === 2 || undefined);
    const pids = [...embedder.pids];
    expect(pids).toHaveLength(2);
    await embedder.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await codeOf(embedder.embed({ items: [item('x')], timeoutMs: 100 }))).toBe(
      'shutting_down',
    );
  });
});

describe('shedding', () => {
  it('answers what a lane works on and tells the rest to retry', async () => {
    const embedder = await started();
    const running = embedder.embed({ items: [item(longText)], timeoutMs: 40_000 });
    const waiting = embedder.embed({ items: [item('waits')], timeoutMs: 40_000 });
    embedder.shed();
    await expect(waiting).rejects.toMatchObject({ code: 'shutting_down', retryAfterSeconds: 1 });
    expect((await running).tokens).toHaveLength(1);
    await embedder.stop();
  });
});

describe('a full queue', () => {
  it('refuses with a Retry-After and answers everything that it took', async () => {
    const embedder = await started({ limits: { maxTokens: 600, maxItems: 100 } });
    const work = Array.from({ length: 12 }, () =>
      embedder.embed({ items: [item(longText)], timeoutMs: 40_000 }),
    );
    const settled = await Promise.allSettled(work);
    const refused = settled.filter((one) => one.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused) {
      expect(reason).toMatchObject({ code: 'queue_full' });
      expect((reason as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThanOrEqual(1);
    }
    expect(settled.some((one) => one.status === 'fulfilled')).toBe(true);
    const huge = embedder.embed({
      items: [item(longText), item(longText), item(longText)],
      timeoutMs: 40_000,
    });
    expect(await codeOf(huge)).toBe('input_too_large');
    await embedder.stop();
  });
});

describe('a model that cannot be trusted', () => {
  it('is not served, and the reason is shown', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'omni-model-'));
    try {
      await cp(model.dir, dir, { recursive: true });
      await writeFile(join(dir, 'tokenizer.json'), '{}');
      const embedder = create({ model: { ...model, dir } });
      embedder.start();
      await until('failure', () => embedder.state.state === 'failed' || undefined);
      expect(embedder.state.reason).toMatch(/tokenizer\.json has sha256/);
      const refused = embedder.embed({ items: [item('x')], timeoutMs: 1_000 });
      expect(await codeOf(refused)).toBe('model_not_ready');
      await embedder.stop();
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
