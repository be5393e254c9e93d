import type { Datatype, Tensor, TensorData } from '../oip/datatypes.ts';
import type { ValueInfo } from './lane-protocol.ts';

/** Datatypes as ONNX Runtime calls them; a graph that uses any other is refused. */
const RUNTIME_TYPES = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
} as const satisfies Record<Datatype, string>;
export type RuntimeType = (typeof RUNTIME_TYPES)[Datatype];

const DATATYPE_OF: ReadonlyMap<string, Datatype> = new Map(
  Object.entries(RUNTIME_TYPES).map(([datatype, type]) => [type, datatype as Datatype]),
);

/** A tensor as ONNX Runtime holds it. */
export interface RuntimeTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** What ONNX Runtime says about an input or output. */
export interface RuntimeMetadata {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

/** The parts that a runtime's tensor is made of. */
export function toRuntime({ datatype, shape, data }: Tensor): {
  readonly type: RuntimeType;
  readonly data: Exclude<TensorData, readonly Uint8Array[]> | string[];
  readonly dims: readonly number[];
} {
  const type = RUNTIME_TYPES[datatype];
  if (!isStrings(data)) return { type, data, dims: shape };
  return { type, data: data.map((bytes) => Buffer.from(bytes).toString('utf8')), dims: shape };
}

function isStrings(data: TensorData): data is readonly Uint8Array[] {
  return Array.isArray(data);
}

/** An output as the protocol has it. */
export function fromRuntime(name: string, { type, data, dims }: RuntimeTensor): Tensor {
  const datatype = datatypeOf(name, type);
  const values =
    datatype === 'BYTES' ? (data as string[]).map((text) => Buffer.from(text, 'utf8')) : data;
  return { name, datatype, shape: [...dims], data: values as TensorData };
}

/** Inputs or outputs of a session; throws for what no tensor of the protocol can carry. */
export function describeValues(values: readonly RuntimeMetadata[]): ValueInfo[] {
  return values.map(({ name, isTensor, type = 'none', shape = [] }) => {
    if (!isTensor) throw new Error(`"${name}" of the graph is not a tensor`);
    return { name, datatype: datatypeOf(name, type), dims: shape.map(toDimension) };
  });
}

/** A dimension that the graph leaves open has a name, or none and then any size. */
function toDimension(size: number | string): number | string {
  return typeof size === 'number' && size < 0 ? '' : size;
}

function datatypeOf(name: string, type: string): Datatype {
  const datatype = DATATYPE_OF.get(type);
  if (datatype === undefined) throw new Error(`"${name}" of the graph has the type ${type}`);
  return datatype;
}
