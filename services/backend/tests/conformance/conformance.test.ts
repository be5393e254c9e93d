import { cp } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addGraph, identityGraph } from '../../src/onnx/tiny-graphs.ts';
import { DATATYPES } from '../../src/oip/datatypes.ts';
import { shippedModelsDir } from '../../src/service-files.ts';
import type { ModelFolder } from '../../src/testing/model-folder.ts';
import { createModelFolder } from '../../src/testing/model-folder.ts';
import type { RunningServer } from '../../src/testing/run-server.ts';
import { runServer } from '../../src/testing/run-server.ts';
import { until } from '../../src/testing/until.ts';
import { readyModels, runConformance } from './run-conformance.ts';
import { Target } from './target.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 90_000 });

let folder: ModelFolder;
let server: RunningServer;
let target: Target;

beforeAll(async () => {
  folder = await createModelFolder();
  await cp(shippedModelsDir(), folder.dir, { recursive: true });
  await folder.add('add', 1, addGraph());
  await folder.add('add', 2, addGraph());
  await folder.add('identity', 1, identityGraph(DATATYPES.filter((one) => one !== 'FP16')));
  await folder.add('half', 1, identityGraph(['FP16']));
  server = await runServer({
    MODELS_DIR: folder.dir,
    MODEL_VERSIONS: 'latest:1; add=all',
    RATE_LIMIT_PER_MINUTE: '0',
    LANES: '1',
  });
  target = new Target(server.url);
  await until('ready', async () => {
    const answer = await target.get('/v2/health/ready').catch(() => undefined);
    return answer?.status === 200 ? true : undefined;
  });
});
afterAll(async () => {
  server.child.kill('SIGTERM');
  await server.exit;
  await folder.close();
});

describe('the Open Inference Protocol, with models of two kinds served at once', () => {
  it('lists them all', async () => {
    expect(await readyModels(target)).toEqual(['add', 'all-minilm-l6-v2', 'half', 'identity']);
  });

  it.each([
    ['add', 1],
    ['all-minilm-l6-v2', 0],
    ['half', 5],
    ['identity', 1],
  ])('is kept by %s', async (model, skipped) => {
    const results = await runConformance(target, model);
    expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === 'skipped')).toHaveLength(skipped);
    expect(results.length).toBeGreaterThan(30);
  });

  it('is seen to be broken by what is no such server', async () => {
    const other = new Target(`${server.url}/api`);
    await expect(runConformance(other, 'add')).rejects.toThrow(/status 404/);
  });
});
