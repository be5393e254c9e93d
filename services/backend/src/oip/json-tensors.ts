import type { Datatype, Tensor, TensorData } from './datatypes.ts';
import { elementsOf, LAYOUTS, ProtocolError } from './datatypes.ts';
import { toHalf } from './half-float.ts';

/** What a JSON input names beside its values. */
export interface TensorHead {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

/** Bounds of the whole numbers; 64-bit ones are exact in JSON up to 2^53 only. */
const RANGES: Readonly<Partial<Record<Datatype, readonly [low: number, high: number]>>> = {
  UINT8: [0, 255],
  UINT16: [0, 65_535],
  UINT32: [0, 4_294_967_295],
  UINT64: [0, Number.MAX_SAFE_INTEGER],
  INT8: [-128, 127],
  INT16: [-32_768, 32_767],
  INT32: [-2_147_483_648, 2_147_483_647],
  INT64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

/**
 * Values of a JSON input, flat or nested, row major. Nothing is bent to fit: 1.5 is no INT32 and 300
 * no UINT8.
 * @throws ProtocolError
 */
export function readJsonTensor(head: TensorHead, data: unknown): Tensor {
  const count = elementsOf(head.shape, head.name);
  if (!Array.isArray(data)) throw wrong(head, 'data is no list');
  const flat = flatten(data, count + 1);
  if (flat.length !== count) {
    const given = flat.length > count ? `more than ${count}` : String(flat.length);
    throw wrong(head, `the shape has ${count} values, data has ${given}`);
  }
  return { ...head, data: toData(head, flat) };
}

/** Depth first, and no further than the caller needs to see that there is too much. */
function flatten(data: readonly unknown[], atMost: number, into: unknown[] = []): unknown[] {
  for (const item of data) {
    if (into.length >= atMost) break;
    if (Array.isArray(item)) flatten(item, atMost, into);
    else into.push(item);
  }
  return into;
}

function toData(head: TensorHead, flat: readonly unknown[]): TensorData {
  switch (head.datatype) {
    case 'BYTES':
      return flat.map((value) => {
        if (typeof value !== 'string') throw wrong(head, 'a value is no string');
        return Buffer.from(value, 'utf8');
      });
    case 'BOOL':
      return Uint8Array.from(flat, (value) => {
        if (typeof value !== 'boolean') throw wrong(head, 'a value is neither true nor false');
        return Number(value);
      });
    case 'INT64':
    case 'UINT64': {
      const big = flat.map((value) => BigInt(whole(head, value)));
      return head.datatype === 'INT64' ? BigInt64Array.from(big) : BigUint64Array.from(big);
    }
    case 'FP16':
      return Uint16Array.from(flat, (value) => toHalf(number(head, value)));
    case 'FP32':
      return Float32Array.from(flat, (value) => number(head, value));
    case 'FP64':
      return Float64Array.from(flat, (value) => number(head, value));
    default:
      return wholeNumbers(head, head.datatype, flat);
  }
}

function wholeNumbers(
  head: TensorHead,
  datatype: 'UINT8' | 'UINT16' | 'UINT32' | 'INT8' | 'INT16' | 'INT32',
  flat: readonly unknown[],
): TensorData {
  const { array, bytes } = LAYOUTS[datatype];
  const data = new array(new ArrayBuffer(flat.length * bytes)) as Int32Array;
  flat.forEach((value, i) => (data[i] = whole(head, value)));
  return data;
}

function whole(head: TensorHead, value: unknown): number {
  const [low, high] = RANGES[head.datatype] ?? [0, 0];
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw wrong(head, 'a value is no whole number');
  }
  if (value < low || value > high) {
    const wide = head.datatype.endsWith('64') ? '; send it as binary data' : '';
    throw wrong(head, `${value} is outside of what ${head.datatype} holds${wide}`);
  }
  return value;
}

function number(head: TensorHead, value: unknown): number {
  if (typeof value === 'number') return value;
  throw wrong(head, 'a value is no number');
}

function wrong({ name, datatype }: TensorHead, what: string): ProtocolError {
  return new ProtocolError(`input "${name}" (${datatype}): ${what}`);
}

/**
 * Values of an output as JSON. What JSON cannot hold exactly is refused with the way that works.
 * @throws ProtocolError FP16, numbers that are not finite, 64-bit ones beyond 2^53
 */
export function toJsonData({ name, datatype, data }: Tensor): unknown[] {
  if (isBytes(data)) return data.map((bytes) => Buffer.from(bytes).toString('utf8'));
  if (datatype === 'BOOL') return Array.from(data as Uint8Array, (value) => value !== 0);
  if (datatype === 'FP16') throw onlyBinary(name, 'FP16 has no JSON form');
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return Array.from(data as BigInt64Array, (value) => {
      const small = Number(value);
      if (!Number.isSafeInteger(small)) throw onlyBinary(name, 'a value is beyond 2^53');
      return small;
    });
  }
  return Array.from(data as Float64Array, (value) => {
    if (!Number.isFinite(value)) throw onlyBinary(name, 'a value is not finite');
    return value;
  });
}

export function isBytes(data: TensorData): data is readonly Uint8Array[] {
  return Array.isArray(data);
}

function onlyBinary(name: string, why: string): ProtocolError {
  return new ProtocolError(`output "${name}": ${why}; ask for it with binary_data: true`);
}
