/**
 * A lane: the child process that owns one ONNX Runtime session. It alone imports onnxruntime-node,
 * because `run()` blocks its thread and a native abort ends its process: both must cost one lane only.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { selfCheck, warmUp } from './check-model.ts';
import type { Embedding, RunModel } from './embed-items.ts';
import { embedItems } from './embed-items.ts';
import { hasExternalData } from '../onnx/external-data.ts';
import type {
  FromLane,
  InferAnswer,
  InferTask,
  LoadPhase,
  ModelInterface,
  PhaseDuration,
  ToLane,
} from './lane-protocol.ts';
import { describeValues, fromRuntime, toRuntime } from './lane-tensors.ts';
import type { EmbeddingConfig, ModelConfig, TensorConfig } from './model-config.ts';
import { compareOutputs, toKnownTensor } from './tensor-self-check.ts';
import { zeroTensors } from './zero-tensors.ts';
import { createEncode } from './tokenize.ts';
import { readVerified } from './verify-file.ts';

const MAX_PER_RUN = 4;
const PARENT_WATCH_MS = 500;

// The runtime's binding does not know the language's new Float16Array; without it FP16 is Uint16Array.
Reflect.deleteProperty(globalThis, 'Float16Array');

function send(message: FromLane): void {
  process.send?.(message);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same number as often as it is asked for, over one array: a run only reads its inputs. */
function createFill(value: bigint): FlatInput {
  let numbers = new BigInt64Array();
  return (batch) => {
    const count = batch.length * (batch[0]?.length ?? 0);
    if (count > numbers.length) numbers = new BigInt64Array(count).fill(value);
    return numbers.subarray(0, count);
  };
}

function flatIds(batch: Batch): BigInt64Array {
  const length = batch[0]?.length ?? 0;
  const flat = new BigInt64Array(batch.length * length);
  let at = 0;
  for (const ids of batch) {
    for (const id of ids) {
      flat[at] = BigInt(id);
      at += 1;
    }
  }
  return flat;
}

type Batch = readonly (readonly number[])[];
/** An input's numbers for texts of one length, row after row. */
type FlatInput = (batch: Batch) => BigInt64Array;

const INPUTS: Readonly<Record<string, FlatInput>> = {
  input_ids: flatIds,
  attention_mask: createFill(1n),
  token_type_ids: createFill(0n),
};

function createRun(session: InferenceSession, output: string): RunModel {
  const inputs = session.inputNames.map((name) => {
    const flat = INPUTS[name];
    if (flat === undefined) throw new Error(`the graph asks for an unknown input "${name}"`);
    return [name, flat] as const;
  });
  return async (batch) => {
    const shape = [batch.length, batch[0]?.length ?? 0];
    const feeds: Record<string, Tensor> = {};
    for (const [name, flat] of inputs) feeds[name] = new Tensor('int64', flat(batch), shape);
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

type Step = ReturnType<typeof createSteps>['step'];

async function openSession(
  step: Step,
  modelDir: string,
  sha256: string,
): Promise<InferenceSession> {
  const bytes = await step('verify', async () => {
    const file = await readVerified(modelDir, 'model.onnx', sha256);
    if (hasExternalData(file)) throw new Error('model.onnx keeps tensors in other files');
    return file;
  });
  return step('session', () =>
    InferenceSession.create(bytes, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: 4,
    }),
  );
}

/** What a lane does once it is warm. */
interface Work {
  readonly embedding?: Embedding;
  readonly infer?: (task: InferTask) => ReturnType<typeof inferOn>;
}

async function load(modelDir: string, config: ModelConfig): Promise<Work> {
  const { phases, step } = createSteps();
  const session = await openSession(step, modelDir, config.sha256['model.onnx']);
  const graph: ModelInterface = {
    inputs: describeValues(session.inputMetadata),
    outputs: describeValues(session.outputMetadata),
  };
  const { work, warnings } =
    config.task === 'embedding'
      ? await loadEmbedding(session, { step, modelDir, config })
      : await loadTensor(session, { step, graph, config });
  send({ type: 'ready', phases, warnings, graph });
  return work;
}

interface Loaded {
  readonly work: Work;
  readonly warnings: readonly string[];
}

async function loadEmbedding(
  session: InferenceSession,
  { step, modelDir, config }: { step: Step; modelDir: string; config: EmbeddingConfig },
): Promise<Loaded> {
  const encode = await step('tokenizer', async () => {
    const file = await readVerified(modelDir, 'tokenizer.json', config.sha256['tokenizer.json']);
    return createEncode(file.toString('utf8'), config);
  });
  const maxPerRun = config.packing === 'single' ? 1 : MAX_PER_RUN;
  const run = createRun(session, config.output);
  const embedding: Embedding = { encode, run, dims: config.dims, maxPerRun };
  await step('warm-up', () => warmUp(embedding));
  const { steady, warnings } = await step('self-check', () => selfCheck(embedding, config));
  return { work: { embedding: steady ? embedding : { ...embedding, maxPerRun: 1 } }, warnings };
}

/** Nobody knows what a foreign graph likes: a warm-up on zeros that fails is a warning. */
async function loadTensor(
  session: InferenceSession,
  { step, graph, config }: { step: Step; graph: ModelInterface; config: TensorConfig },
): Promise<Loaded> {
  const infer = (task: InferTask): ReturnType<typeof inferOn> => inferOn(session, task);
  const outputs = graph.outputs.map(({ name }) => name);
  const warnings = await step('warm-up', () =>
    infer({ inputs: zeroTensors(graph.inputs), outputs }).then(
      () => [],
      (error: unknown) => [`the warm-up on zeros failed: ${reasonOf(error)}`],
    ),
  );
  const { selfCheck: known } = config;
  if (known !== undefined) {
    await step('self-check', async () => {
      const inputs = known.inputs.map((input) => toKnownTensor(graph, input));
      const { outputs: found } = await infer({ inputs, outputs: Object.keys(known.outputs) });
      compareOutputs(found, known);
    });
  }
  return { work: { infer }, warnings };
}

async function inferOn(
  session: InferenceSession,
  { inputs, outputs }: InferTask,
): Promise<Omit<InferAnswer, 'id'>> {
  const begin = performance.now();
  const feeds: Record<string, Tensor> = {};
  for (const input of inputs) {
    const { type, data, dims } = toRuntime(input);
    // The pairs of type and data are right by construction; the typings want each spelled out.
    feeds[input.name] = new Tensor(type as 'float32', data as Float32Array, dims);
  }
  const results = await session.run(feeds, [...outputs]);
  const answers = outputs.map((name) => {
    const result = results[name];
    if (result === undefined) throw new Error(`the run gave no output "${name}"`);
    return fromRuntime(name, result);
  });
  return { outputs: answers, inferMs: performance.now() - begin };
}

let work: Work = {};

async function answer(message: ToLane): Promise<void> {
  if (message.type === 'load') {
    try {
      work = await load(message.modelDir, message.config);
    } catch (error) {
      send({ type: 'failed', reason: reasonOf(error) });
    }
    return;
  }
  const { id } = message;
  try {
    if (message.type === 'embed') {
      if (work.embedding === undefined) throw new Error('the lane has no model that embeds');
      send({ type: 'embedded', id, ...(await embedItems(work.embedding, message.items)) });
    } else {
      if (work.infer === undefined) throw new Error('the lane has no model that takes tensors');
      send({ type: 'inferred', id, ...(await work.infer(message)) });
    }
  } catch (error) {
    send({ type: 'run-failed', id, reason: reasonOf(error) });
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
