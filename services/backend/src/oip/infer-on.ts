import { Embedder } from '../inference/embedder.ts';
import type { ModelInterface } from '../inference/lane-protocol.ts';
import type { ModelRuntime, ServedVersion } from '../inference/served-version.ts';
import type { InferResult } from '../inference/tensor-job.ts';
import { checkRequest } from './check-request.ts';
import type { Tensor } from './datatypes.ts';
import { ProtocolError } from './datatypes.ts';
import type { InferRequest } from './infer-message.ts';

/** The input of every embedding model. */
const TEXT = 'text';
const MAX_TEXTS = 2_048;
/** A text is refused before it is tokenised: one huge document would block a lane for long. */
const MAX_CHARS = 8_192;

export interface InferLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Inputs and outputs of a model of either kind; throws an InferenceError while nobody knows them. */
export function interfaceOf(runtime: ModelRuntime): ModelInterface {
  if (!(runtime instanceof Embedder)) return runtime.graph;
  const { output, dims } = runtime.model.config;
  return {
    inputs: [{ name: TEXT, datatype: 'BYTES', dims: ['texts'] }],
    outputs: [{ name: output, datatype: 'FP32', dims: ['texts', dims] }],
  };
}

/**
 * Runs a request on a version.
 * @throws ProtocolError or InferenceError
 */
export async function inferOn(
  served: ServedVersion,
  request: InferRequest,
  limits: InferLimits,
): Promise<InferResult> {
  const { runtime } = served;
  const outputs = checkRequest(interfaceOf(runtime), request);
  const { inputs } = request;
  if (runtime instanceof Embedder) {
    return served.run(() => embed(runtime, inputs, limits));
  }
  for (const input of inputs) refuseNul(input);
  return served.run(() => runtime.infer({ inputs, outputs, ...limits }));
}

async function embed(
  embedder: Embedder,
  [text]: readonly Tensor[],
  limits: InferLimits,
): Promise<InferResult> {
  const items = readTexts(text).map((input) => ({ input, truncate: false }));
  const { output, dims } = embedder.model.config;
  if (items.length === 0) throw new ProtocolError(`input "${TEXT}" has no text`);
  const { vectors, ...times } = await embedder.embed({ items, ...limits });
  const data = new Float32Array(vectors.length * dims);
  vectors.forEach((vector, row) => data.set(vector, row * dims));
  const shape = [vectors.length, dims];
  return { ...times, outputs: [{ name: output, datatype: 'FP32', shape, data }] };
}

function readTexts(tensor: Tensor | undefined): string[] {
  const data = Array.isArray(tensor?.data) ? (tensor.data as readonly Uint8Array[]) : [];
  if (data.length > MAX_TEXTS)
    throw new ProtocolError(`input "${TEXT}": at most ${MAX_TEXTS} texts`);
  return data.map((bytes, index) => {
    const text = decode(bytes, index);
    if (text === '') throw new ProtocolError(`text ${index} is empty`);
    if (text.length <= MAX_CHARS) return text;
    throw new ProtocolError(
      `text ${index} has ${text.length} characters, the limit is ${MAX_CHARS}`,
    );
  });
}

function decode(bytes: Uint8Array, index: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // What the decoder says has no more in it.
    throw new ProtocolError(`text ${index} is not UTF-8`);
  }
}

/** The runtime would cut the string there without a word. */
function refuseNul({ name, data }: Tensor): void {
  if (!Array.isArray(data)) return;
  const strings = data as readonly Uint8Array[];
  if (strings.some((bytes) => bytes.includes(0))) {
    throw new ProtocolError(`input "${name}": a graph takes no string with a NUL inside`);
  }
}
