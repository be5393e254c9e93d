import type { Datatype } from '../oip/datatypes.ts';
import type { Message } from './protobuf.ts';
import { bytes, float, integer, nested, text } from './protobuf.ts';

/** `TensorProto.DataType` numbers (onnx/onnx, onnx/onnx.proto). */
const ELEMENT_TYPES: Readonly<Record<Datatype, number>> = {
  FP32: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  BYTES: 8,
  BOOL: 9,
  FP16: 10,
  FP64: 11,
  UINT32: 12,
  UINT64: 13,
};

/** An input or output of a graph; a dimension with a name takes any size. */
export interface GraphValue {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly (number | string)[];
}

/** A constant of the graph: raw little-endian values. */
export interface GraphConstant {
  readonly name: string;
  readonly datatype: Exclude<Datatype, 'BYTES'>;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Numbers are written as floats, bigints as whole numbers. */
  readonly attributes?: Readonly<Record<string, number | bigint>>;
}

export interface Graph {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly nodes: readonly GraphNode[];
  readonly constants?: readonly GraphConstant[];
}

const IR_VERSION = 8;
const OPSET = 17;
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;

function valueInfo(field: number, { name, datatype, shape }: GraphValue): Message {
  const dims = shape.map((size) =>
    nested(1, typeof size === 'number' ? integer(1, size) : text(2, size)),
  );
  const tensor = nested(1, integer(1, ELEMENT_TYPES[datatype]), nested(2, ...dims));
  return nested(field, text(1, name), nested(2, tensor));
}

function attribute([name, value]: readonly [string, number | bigint]): Message {
  return typeof value === 'bigint'
    ? nested(5, text(1, name), integer(3, value), integer(20, ATTRIBUTE_INT))
    : nested(5, text(1, name), float(2, value), integer(20, ATTRIBUTE_FLOAT));
}

function node({ op, inputs, outputs, attributes = {} }: GraphNode): Message {
  return nested(
    1,
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, op),
    ...Object.entries(attributes).map(attribute),
  );
}

function constant({ name, datatype, shape, data }: GraphConstant): Message {
  return nested(
    5,
    ...shape.map((size) => integer(1, size)),
    integer(2, ELEMENT_TYPES[datatype]),
    text(8, name),
    bytes(9, data),
  );
}

/** An ONNX file of the graph: the same graph gives the same bytes. */
export function writeOnnx(graph: Graph): Uint8Array {
  const body = nested(
    7,
    ...graph.nodes.map(node),
    text(2, 'graph'),
    ...(graph.constants ?? []).map(constant),
    ...graph.inputs.map((value) => valueInfo(11, value)),
    ...graph.outputs.map((value) => valueInfo(12, value)),
  );
  const opset = nested(8, text(1, ''), integer(2, OPSET));
  return Buffer.concat([integer(1, IR_VERSION), text(2, 'omni'), body, opset].flat());
}
