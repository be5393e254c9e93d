import { endianness } from 'node:os';

/** What is known of a text: its vector and its exact token count, which `usage` needs. */
export interface CachedVector {
  readonly vector: Float32Array;
  readonly tokens: number;
}

const TOKENS_BYTES = 4;
const FLOAT_BYTES = 4;
const BIG_ENDIAN = endianness() === 'BE';

/** Bytes for Redis: token count, then the floats, all little-endian so that any machine reads them. */
export function encodeVector({ vector, tokens }: CachedVector): Buffer {
  const bytes = Buffer.allocUnsafe(TOKENS_BYTES + vector.byteLength);
  bytes.writeUInt32LE(tokens, 0);
  bytes.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), TOKENS_BYTES);
  if (BIG_ENDIAN) bytes.subarray(TOKENS_BYTES).swap32();
  return bytes;
}

/** Reads `encodeVector`'s bytes; undefined for anything that is not a vector of `dims` numbers. */
export function decodeVector(bytes: Uint8Array, dims: number): CachedVector | undefined {
  if (bytes.byteLength !== TOKENS_BYTES + dims * FLOAT_BYTES) return undefined;
  // A copy: it aligns the floats and lets go of the buffer that the whole answer came in.
  const own = Buffer.from(new Uint8Array(bytes).buffer);
  const tokens = own.readUInt32LE(0);
  if (BIG_ENDIAN) own.subarray(TOKENS_BYTES).swap32();
  const vector = new Float32Array(own.buffer, own.byteOffset + TOKENS_BYTES, dims);
  const whole = tokens > 0 && vector.every((value) => Number.isFinite(value));
  return whole ? { vector, tokens } : undefined;
}
