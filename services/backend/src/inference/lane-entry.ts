/**
 * A lane: the child process that owns one ONNX Runtime session. It alone imports onnxruntime-node,
 * because `run()` blocks its thread and a native abort ends its process: both must cost one lane only.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { selfCheck, warmUp } from './check-model.ts';
import type { Embedding, RunModel } from './embed-items.ts';
import { embedItems } from './embed-items.ts';
import type { FromLane, LoadPhase, PhaseDuration, ToLane } from './lane-protocol.ts';
import type { ModelConfig } from './model-config.ts';
import { createEncode } from './tokenize.ts';
import { readVerified } from './verify-file.ts';

const MAX_PER_RUN = 4;
const PARENT_WATCH_MS = 500;

function send(message: FromLane): void {
  process.send?.(message);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function toTensor(batch: readonly (readonly number[])[], value: (id: number) => number): Tensor {
  const length = batch[0]?.length ?? 0;
  const flat = new BigInt64Array(batch.length * length);
  batch.forEach((ids, row) => {
    ids.forEach((id, column) => {
      flat[row * length + column] = BigInt(value(id));
    });
  });
  return new Tensor('int64', flat, [batch.length, length]);
}

const INPUT_VALUES: Readonly<Record<string, (id: number) => number>> = {
  input_ids: (id) => id,
  attention_mask: () => 1,
  token_type_ids: () => 0,
};

function createRun(session: InferenceSession, output: string): RunModel {
  return async (batch) => {
    const feeds: Record<string, Tensor> = {};
    for (const name of session.inputNames) {
      const value = INPUT_VALUES[name];
      if (value === undefined) throw new Error(`the graph asks for an unknown input "${name}"`);
      feeds[name] = toTensor(batch, value);
    }
    const rows = (await session.run(feeds, [output]))[output]?.data;
    if (!(rows instanceof Float32Array)) throw new Error(`output "${output}" is not float32`);
    return rows;
  };
}

/** Runs the load steps one after the other, tells the parent which one, and times each. */
function createSteps(): {
  readonly phases: PhaseDuration[];
  readonly step: <T>(phase: LoadPhase, work: () => T | Promise<T>) => Promise<T>;
} {
  const phases: PhaseDuration[] = [];
  return {
    phases,
    step: async (phase, work) => {
      send({ type: 'phase', phase });
      const begin = performance.now();
      const result = await work();
      phases.push({ phase, ms: performance.now() - begin });
      return result;
    },
  };
}

async function load(modelDir: string, config: ModelConfig): Promise<Embedding> {
  const { phases, step } = createSteps();
  const files = await step('verify', () =>
    Promise.all([
      readVerified(modelDir, 'model.onnx', config.sha256['model.onnx']),
      readVerified(modelDir, 'tokenizer.json', config.sha256['tokenizer.json']),
    ]),
  );
  const encode = await step('tokenizer', () => createEncode(files[1].toString('utf8'), config));
  const session = await step('session', () =>
    InferenceSession.create(files[0], {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: 4,
    }),
  );
  const maxPerRun = config.packing === 'single' ? 1 : MAX_PER_RUN;
  const run = createRun(session, config.output);
  const embedding: Embedding = { encode, run, dims: config.dims, maxPerRun };
  await step('warm-up', () => warmUp(embedding));
  const warnings = await step('self-check', () => selfCheck(embedding, config));
  send({ type: 'ready', phases, warnings });
  return embedding;
}

let embedding: Embedding | undefined;

async function answer(message: ToLane): Promise<void> {
  if (message.type === 'load') {
    try {
      embedding = await load(message.modelDir, message.config);
    } catch (error) {
      send({ type: 'failed', reason: reasonOf(error) });
    }
    return;
  }
  try {
    if (embedding === undefined) throw new Error('the lane has not loaded its model');
    const result = await embedItems(embedding, message.items);
    send({ type: 'embedded', id: message.id, ...result });
  } catch (error) {
    send({ type: 'embed-failed', id: message.id, reason: reasonOf(error) });
  }
}

let last = Promise.resolve();
process.on('message', (message: ToLane) => {
  last = last.then(() => answer(message));
});
// The parent decides when a lane ends: a terminal's Ctrl-C reaches the whole group and would lose
// accepted work. When the parent is gone, by its channel or by its pid, nobody is left to serve.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(0));
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(0);
}, PARENT_WATCH_MS).unref();
