import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Tensor } from '../oip/datatypes.ts';
import { DATATYPES, LAYOUTS } from '../oip/datatypes.ts';
import { identityGraph, slowGraph } from '../onnx/tiny-graphs.ts';
import type { ModelFolder } from '../testing/model-folder.ts';
import { createModelFolder } from '../testing/model-folder.ts';
import { until } from '../testing/until.ts';
import { createForkLaneHost } from './fork-lane-host.ts';
import { listModels } from './model-repository.ts';
import { TensorModel } from './tensor-model.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const TIMEOUT_MS = 40_000;
let folder: ModelFolder;
const running: TensorModel[] = [];
const deaths: string[] = [];

async function started(name: string, maxItems = 100): Promise<TensorModel> {
  const model = (await listModels(folder.dir)).models.find((one) => one.name === name);
  if (model === undefined) throw new Error(`no model ${name}`);
  const tensorModel = new TensorModel({
    model,
    host: createForkLaneHost(),
    lanes: 1,
    limits: { maxItems },
    timeouts: { loadMs: 40_000, dispatchMs: 30_000 },
    events: {
      onReady: () => undefined,
      onLaneDeath: (reason) => deaths.push(reason),
      onDispatch: () => undefined,
    },
  });
  running.push(tensorModel);
  tensorModel.start();
  await until(`${name} ready`, () => tensorModel.state.state === 'ready' || undefined);
  return tensorModel;
}

beforeAll(async () => {
  folder = await createModelFolder();
  await folder.add('identity', 1, identityGraph(DATATYPES));
  await folder.add('slow', 1, slowGraph());
});
afterAll(async () => {
  await Promise.all(running.map((model) => model.stop()));
  await folder.close();
});

/** Values whose bytes are all different, so that a mixed-up order or width is seen. */
function sample(datatype: Tensor['datatype']): Tensor {
  const head = { name: `x-${datatype.toLowerCase()}`, datatype, shape: [3] };
  if (datatype === 'BYTES') {
    return { ...head, data: ['', 'grün', '\u{1f600} two'].map((text) => Buffer.from(text)) };
  }
  if (datatype === 'BOOL') return { ...head, data: Uint8Array.of(1, 0, 1) };
  const { array, bytes } = LAYOUTS[datatype];
  return {
    ...head,
    data: new array(Uint8Array.from({ length: 3 * bytes }, (_, i) => i + 1).buffer),
  };
}

function empty(datatype: Tensor['datatype']): Tensor {
  const head = { name: `x-${datatype.toLowerCase()}`, datatype, shape: [0] };
  if (datatype === 'BYTES') return { ...head, data: [] };
  return { ...head, data: new LAYOUTS[datatype].array(new ArrayBuffer(0)) };
}

describe('a graph of any kind', () => {
  it('gives tensors of every datatype back as they were, empty ones too', async () => {
    const model = await started('identity');
    expect(model.graph.inputs.map(({ datatype }) => datatype)).toEqual(DATATYPES);
    const outputs = model.graph.outputs.map(({ name }) => name);
    for (const inputs of [DATATYPES.map(sample), DATATYPES.map(empty)]) {
      const answer = await model.infer({ inputs, outputs, timeoutMs: TIMEOUT_MS });
      expect(answer.outputs.map(({ name }) => name)).toEqual(outputs);
      for (const [at, output] of answer.outputs.entries()) {
        expect(output).toMatchObject({ datatype: DATATYPES[at], shape: inputs[at]?.shape });
        expect(Buffer.from(flat(output))).toEqual(Buffer.from(flat(inputs[at])));
      }
    }
  });

  it('drops what waits when its client goes or its deadline passes, and refuses beyond its queue', async () => {
    const model = await started('slow', 2);
    const call = (side: bigint, more = {}): Parameters<TensorModel['infer']>[0] => {
      const data = BigInt64Array.of(side, side);
      const inputs = [{ name: 'size', datatype: 'INT64' as const, shape: [2], data }];
      return { inputs, outputs: ['sum'], timeoutMs: TIMEOUT_MS, ...more };
    };
    const client = new AbortController();
    const [lane = 0] = model.pids;
    process.kill(lane, 'SIGSTOP');
    const first = model.infer(call(1n));
    const gone = model.infer(call(1n, { signal: client.signal }));
    const late = model.infer(call(1n, { timeoutMs: 500 }));
    const refused = model.infer(call(1n));
    await expect(refused).rejects.toMatchObject({ code: 'queue_full' });
    client.abort();
    await expect(gone).rejects.toMatchObject({ code: 'client_gone' });
    await expect(late).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await expect(model.infer(call(1n, { timeoutMs: 1 }))).rejects.toMatchObject({
      code: 'queue_full',
    });
    expect(model.queue.depth).toBe(0);
    process.kill(lane, 'SIGCONT');
    expect((await first).outputs[0]?.data).toEqual(Float32Array.of(0));
  });

  it('fails what a killed lane held as retryable and is back', async () => {
    const model = await started('slow');
    const data = BigInt64Array.of(900n, 900n);
    const inputs = [{ name: 'size', datatype: 'INT64' as const, shape: [2], data }];
    const lost = model.infer({ inputs, outputs: ['sum'], timeoutMs: TIMEOUT_MS });
    const [pid] = model.pids;
    process.kill(pid ?? 0, 'SIGKILL');
    await expect(lost).rejects.toMatchObject({ code: 'lane_died', retryAfterSeconds: 1 });
    await until('back', () => model.lanes.ready === 1 || undefined);
    expect(deaths).toEqual(['SIGKILL']);
  });
});

function flat(tensor: Tensor | undefined): Uint8Array {
  const data = tensor?.data ?? [];
  if ('buffer' in data) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat(data.map((bytes) => Buffer.concat([bytes, Buffer.of(0)])));
}
