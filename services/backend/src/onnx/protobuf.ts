/**
 * The little of the Protocol Buffers wire format that an ONNX file needs: varints, 32-bit floats and
 * length-delimited fields (protobuf.dev, "Encoding").
 */

/** Bytes of a message, field after field. */
export type Message = readonly Uint8Array[];

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    const more = rest > 0x7fn ? 0x80 : 0;
    bytes.push(Number(rest & 0x7fn) | more);
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

function key(field: number, wireType: number): Uint8Array {
  return varint(BigInt((field << 3) | wireType));
}

/** A whole number; negative ones take ten bytes, as int64 fields have it. */
export function integer(field: number, value: number | bigint): Message {
  return [key(field, VARINT), varint(BigInt(value))];
}

export function float(field: number, value: number): Message {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [key(field, FIXED32), bytes];
}

export function bytes(field: number, value: Uint8Array): Message {
  return [key(field, BYTES), varint(BigInt(value.byteLength)), value];
}

export function text(field: number, value: string): Message {
  return bytes(field, Buffer.from(value, 'utf8'));
}

/** A message inside a message. */
export function nested(field: number, ...parts: readonly Message[]): Message {
  return bytes(field, Buffer.concat(parts.flat()));
}

/** One field as it was read: varints as numbers, everything else as its bytes. */
export interface ReadField {
  readonly field: number;
  readonly value: bigint | Uint8Array;
}

/**
 * The fields of a message, in the order written.
 * @throws Error when the bytes are no message
 */
export function* readFields(message: Uint8Array): Generator<ReadField> {
  let at = 0;
  const next = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at];
      if (byte === undefined) break;
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Error('a number is cut off');
  };
  const take = (size: number): Uint8Array => {
    if (size > message.byteLength - at) throw new Error('a field is cut off');
    at += size;
    return message.subarray(at - size, at);
  };
  while (at < message.byteLength) {
    const tag = Number(next());
    const field = tag >>> 3;
    const wireType = tag & 7;
    if (wireType === VARINT) yield { field, value: next() };
    else if (wireType === BYTES) yield { field, value: take(Number(next())) };
    else if (wireType === FIXED32) yield { field, value: take(4) };
    else if (wireType === 1) yield { field, value: take(8) };
    else throw new Error(`a field has the unknown wire type ${wireType}`);
  }
}
