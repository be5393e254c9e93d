import { afterAll, describe, expect, it, vi } from 'vitest';
import { applyHead } from '../analysis/classify/apply-head.ts';
import { createForkLaneHost } from '../inference/fork-lane-host.ts';
import { listModels } from '../inference/model-repository.ts';
import { TensorModel } from '../inference/tensor-model.ts';
import { createModelFolder } from '../testing/model-folder.ts';
import { until } from '../testing/until.ts';
import { headGraph, readHead, writeHead } from './head-graph.ts';
import { scaleGraph } from './tiny-graphs.ts';
import { writeOnnx } from './write-onnx.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 60_000 });

const layer = {
  weights: [Float32Array.of(1, -2, 0.5), Float32Array.of(0, 3, 1)],
  bias: Float32Array.of(0.25, -1),
};
const cleanups: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

describe('a head as an ONNX file', () => {
  it('is read back as it was written, and no other file is taken for one', () => {
    expect(readHead(writeHead(layer))).toEqual(layer);
    expect(() => readHead(writeOnnx(scaleGraph(2)))).toThrow('no head');
  });

  it('gives what the service computes when the model repository serves it', async () => {
    const folder = await createModelFolder();
    cleanups.push(() => folder.close());
    await folder.add('head', 1, headGraph(layer));
    const [model] = (await listModels(folder.dir)).models;
    if (model === undefined) throw new Error('the folder has no model');
    const served = new TensorModel({
      model,
      host: createForkLaneHost(),
      lanes: 1,
      limits: { maxItems: 10 },
      timeouts: { loadMs: 40_000, dispatchMs: 30_000 },
      events: {
        onReady: () => undefined,
        onLaneDeath: () => undefined,
        onDispatch: () => undefined,
      },
    });
    cleanups.push(() => served.stop());
    served.start();
    await until('ready', () => served.state.state === 'ready' || undefined);
    const vectors = [Float32Array.of(0.6, 0.8, 0), Float32Array.of(-1, 0, 0)];
    const data = Float32Array.from(vectors.flatMap((vector) => [...vector]));
    const { outputs } = await served.infer({
      inputs: [{ name: 'x', datatype: 'FP32', shape: [2, 3], data }],
      outputs: ['probabilities'],
      timeoutMs: 40_000,
    });
    const expected = applyHead({ vectors, head: layer }).flat();
    const found = [...(outputs[0]?.data as Float32Array)];
    found.forEach((odds, i) => expect(odds).toBeCloseTo(expected[i] ?? -1, 5));
  });
});
