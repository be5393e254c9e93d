/**
 * Tensor datatypes of the Open Inference Protocol v2 (kserve/open-inference-protocol,
 * specification/protocol/inference_rest.md, "Tensor Data Types").
 */
export const DATATYPES = [
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP16',
  'FP32',
  'FP64',
  'BYTES',
] as const;
export type Datatype = (typeof DATATYPES)[number];

/** Raw values: row major, little-endian; FP16 as the bits of each number, BYTES one entry each. */
export type TensorData =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | readonly Uint8Array[];

/** A named tensor; the number of values is the product of the shape. */
export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** A request that breaks the protocol: always the client's fault (400). */
export class ProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProtocolError';
  }
}

type NumericData = Exclude<TensorData, readonly Uint8Array[]>;
type NumericConstructor = new (buffer: ArrayBuffer) => NumericData;

interface NumericLayout {
  readonly bytes: number;
  readonly array: NumericConstructor;
}

/** How a datatype lies in memory; BYTES has no fixed size. */
export const LAYOUTS: Readonly<Record<Exclude<Datatype, 'BYTES'>, NumericLayout>> = {
  BOOL: { bytes: 1, array: Uint8Array },
  UINT8: { bytes: 1, array: Uint8Array },
  UINT16: { bytes: 2, array: Uint16Array },
  UINT32: { bytes: 4, array: Uint32Array },
  UINT64: { bytes: 8, array: BigUint64Array },
  INT8: { bytes: 1, array: Int8Array },
  INT16: { bytes: 2, array: Int16Array },
  INT32: { bytes: 4, array: Int32Array },
  INT64: { bytes: 8, array: BigInt64Array },
  FP16: { bytes: 2, array: Uint16Array },
  FP32: { bytes: 4, array: Float32Array },
  FP64: { bytes: 8, array: Float64Array },
};

const MAX_ELEMENTS = 64 * 1024 * 1024;

/** Number of values of a shape; a dimension of 0 is legal. */
export function elementsOf(shape: readonly number[], name: string): number {
  let count = 1;
  for (const dimension of shape) {
    if (!Number.isInteger(dimension) || dimension < 0) {
      throw new ProtocolError(`input "${name}": the shape has a dimension that is no size`);
    }
    count *= dimension;
  }
  if (count > MAX_ELEMENTS) throw new ProtocolError(`input "${name}" has too many values`);
  return count;
}
