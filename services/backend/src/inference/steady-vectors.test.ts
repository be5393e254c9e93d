import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { MetricRegistry } from '@omni/kit/metric-registry.ts';
import { openCache } from '../cache/open-cache.ts';
import { batchDependentGraph } from '../onnx/tiny-graphs.ts';
import { writeOnnx } from '../onnx/write-onnx.ts';
import { shippedModel } from '../testing/reference.ts';
import { until } from '../testing/until.ts';
import { cosine } from './cosine.ts';
import type { EmbedderOptions } from './embedder.ts';
import { Embedder } from './embedder.ts';
import { createForkLaneHost } from './fork-lane-host.ts';
import type { EmbeddingVersion } from './model-repository.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 60_000 });

const TIMEOUT_MS = 40_000;
const SAME = 0.9999;
const cleanups: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

async function started(
  model: EmbeddingVersion,
  more: Partial<EmbedderOptions> = {},
): Promise<{ embedder: Embedder; warnings: string[] }> {
  const warnings: string[] = [];
  const embedder = new Embedder({
    model,
    host: createForkLaneHost(),
    lanes: 1,
    limits: { maxTokens: 65_536, maxItems: 4_096 },
    timeouts: { loadMs: TIMEOUT_MS, dispatchMs: TIMEOUT_MS },
    events: {
      onReady: (report) => warnings.push(...report.warnings),
      onLaneDeath: (reason) => warnings.push(reason),
      onDispatch: () => undefined,
    },
    ...more,
  });
  cleanups.push(() => embedder.stop());
  embedder.start();
  const { total } = embedder.lanes;
  await until('all lanes', () => embedder.lanes.ready === total || undefined);
  return { embedder, warnings };
}

async function vectorsOf(embedder: Embedder, texts: readonly string[]): Promise<Float32Array[]> {
  const items = texts.map((input) => ({ input, truncate: true }));
  return [...(await embedder.embed({ items, timeoutMs: TIMEOUT_MS })).vectors];
}

describe('the shipped model', () => {
  it('gives a text one vector: alone, in a mixed batch, from either lane, from the cache', async () => {
    const model = await shippedModel();
    const { embedder, warnings } = await started(model, { lanes: 2 });
    const text = 'the gateway refused the key';
    const seen: (Float32Array | undefined)[] = [];
    for (const busy of embedder.pids) {
      // The other lane has to answer.
      process.kill(busy, 'SIGSTOP');
      const held = vectorsOf(embedder, ['held by one lane']);
      const also = vectorsOf(embedder, ['held by one lane, or answered']);
      seen.push((await vectorsOf(embedder, [text]))[0]);
      process.kill(busy, 'SIGCONT');
      await Promise.all([held, also]);
    }
    const mates = ['a key was refused by it', 'disk full', text.repeat(9), text.toUpperCase()];
    seen.push((await vectorsOf(embedder, [...mates, text])).at(-1));
    const cache = openCache(8, { registry: new MetricRegistry(), redis: null });
    const cached = (await started(model, { cache })).embedder;
    for (let i = 0; i < 2; i += 1) seen.push((await vectorsOf(cached, [text]))[0]);
    expect(seen).toHaveLength(5);
    for (const vector of seen) expect(cosine(vector ?? [], seen[0] ?? [])).toBeGreaterThan(SAME);
    expect(warnings).toEqual([]);
  });
});

describe('a model whose vectors depend on their batch mates', () => {
  it('is loaded with a warning and runs one text at a time', async () => {
    const { embedder, warnings } = await started(await unsteadyModel());
    expect(warnings).toEqual([expect.stringMatching(/batch mates.*one text at a time/)]);
    // Of equal length, so that they would share a run.
    const texts = ['time people year', 'house water day', 'man world life'];
    const together = await vectorsOf(embedder, texts);
    for (const [at, text] of texts.entries()) {
      const [alone = []] = await vectorsOf(embedder, [text]);
      expect(cosine(alone, together[at] ?? [])).toBeGreaterThan(SAME);
    }
  });
});

/** The shipped tokenizer with a graph that mixes every text of a run into each vector. */
async function unsteadyModel(): Promise<EmbeddingVersion> {
  const shipped = await shippedModel();
  const dir = await mkdtemp(join(tmpdir(), 'omni-unsteady-'));
  cleanups.push(() => rm(dir, { recursive: true }));
  await copyFile(join(shipped.dir, 'tokenizer.json'), join(dir, 'tokenizer.json'));
  const onnx = writeOnnx(batchDependentGraph());
  await writeFile(join(dir, 'model.onnx'), onnx);
  const sha256 = {
    ...shipped.config.sha256,
    'model.onnx': createHash('sha256').update(onnx).digest('hex'),
  };
  const selfCheck = { text: shipped.config.selfCheck.text, vector: [1, 1] };
  const config = { ...shipped.config, dims: 2, output: 'vector', sha256, selfCheck };
  return { name: 'unsteady', version: '1', dir, config };
}
