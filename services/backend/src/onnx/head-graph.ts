import { readFields } from './protobuf.ts';
import type { Graph, GraphConstant } from './write-onnx.ts';
import { writeOnnx } from './write-onnx.ts';

/** A linear layer: one row of weights and one bias a class. */
export interface LinearLayer {
  readonly weights: readonly Float32Array[];
  readonly bias: Float32Array;
}

const WEIGHTS = 'weights';
const BIAS = 'bias';

/** Fields of `ModelProto`, `GraphProto` and `TensorProto` (onnx/onnx, onnx/onnx.proto). */
const GRAPH = 7;
const INITIALIZER = 5;
const DIMS = 1;
const NAME = 8;
const RAW_DATA = 9;

/** The layer with a softmax: vectors `x` [n, dims] to `probabilities` [n, classes]. */
export function headGraph({ weights, bias }: LinearLayer): Graph {
  const dims = weights[0]?.length ?? 0;
  const flat = Float32Array.from(weights.flatMap((row) => [...row]));
  return {
    inputs: [{ name: 'x', datatype: 'FP32', shape: ['n', dims] }],
    outputs: [{ name: 'probabilities', datatype: 'FP32', shape: ['n', weights.length] }],
    nodes: [
      {
        op: 'Gemm',
        inputs: ['x', WEIGHTS, BIAS],
        outputs: ['scores'],
        attributes: { transB: 1n },
      },
      {
        op: 'Softmax',
        inputs: ['scores'],
        outputs: ['probabilities'],
        attributes: { axis: 1n },
      },
    ],
    constants: [
      constant(WEIGHTS, [weights.length, dims], flat),
      constant(BIAS, [weights.length], bias),
    ],
  };
}

/** The same as an ONNX file. */
export function writeHead(layer: LinearLayer): Uint8Array {
  return writeOnnx(headGraph(layer));
}

/**
 * The layer of a file that `writeHead` wrote.
 * @throws Error when the file is another
 */
export function readHead(file: Uint8Array): LinearLayer {
  const tensors = new Map(
    fieldsOf(file, GRAPH)
      .flatMap((graph) => fieldsOf(graph, INITIALIZER))
      .map(readTensor)
      .map((tensor) => [tensor.name, tensor]),
  );
  const [weights = NO_TENSOR, bias = NO_TENSOR] = [tensors.get(WEIGHTS), tensors.get(BIAS)];
  const [classes = 0, dims = 0] = weights.dims;
  const whole = weights.data.length === classes * dims && bias.data.length === classes;
  if (!whole || classes === 0) throw new Error('the file is no head');
  const rows = Array.from({ length: classes }, (_, k) =>
    weights.data.slice(k * dims, (k + 1) * dims),
  );
  return { weights: rows, bias: bias.data };
}

interface NamedTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

const NO_TENSOR: NamedTensor = { name: '', dims: [], data: new Float32Array() };

/** The messages in one field of a message. */
function fieldsOf(message: Uint8Array, wanted: number): Uint8Array[] {
  return [...readFields(message)].flatMap(({ field, value }) =>
    field === wanted && typeof value !== 'bigint' ? [value] : [],
  );
}

function constant(name: string, shape: number[], values: Float32Array): GraphConstant {
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name, datatype: 'FP32', shape, data };
}

function readTensor(message: Uint8Array): NamedTensor {
  const [name = new Uint8Array()] = fieldsOf(message, NAME);
  const [raw = new Uint8Array()] = fieldsOf(message, RAW_DATA);
  const dims = [...readFields(message)].flatMap(({ field, value }) =>
    field === DIMS ? [Number(value)] : [],
  );
  // A copy: the bytes may begin where no float32 may.
  const data = new Float32Array(Uint8Array.from(raw).buffer);
  return { name: Buffer.from(name).toString('utf8'), dims, data };
}
