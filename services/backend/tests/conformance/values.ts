/**
 * One value of each datatype, written down by hand: this suite must not agree with a server because
 * both use the same code.
 */
interface Sample {
  readonly json: unknown;
  /** Little-endian bytes. */
  readonly hex: string;
}

const SAMPLES: Readonly<Record<string, Sample>> = {
  BOOL: { json: true, hex: '01' },
  UINT8: { json: 1, hex: '01' },
  UINT16: { json: 1, hex: '0100' },
  UINT32: { json: 1, hex: '01000000' },
  UINT64: { json: 1, hex: '0100000000000000' },
  INT8: { json: 1, hex: '01' },
  INT16: { json: 1, hex: '0100' },
  INT32: { json: 1, hex: '01000000' },
  INT64: { json: 1, hex: '0100000000000000' },
  FP16: { json: 1, hex: '003c' },
  FP32: { json: 1, hex: '0000803f' },
  FP64: { json: 1, hex: '000000000000f03f' },
  BYTES: { json: 'one', hex: '030000006f6e65' },
};

export interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

export interface ModelMetadata {
  readonly name: string;
  readonly versions?: readonly string[];
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

/** A JSON input with `open` for each dimension that takes any size, all values 1. */
export function jsonInput(
  { name, datatype, shape }: TensorMetadata,
  open = 2,
): Record<string, unknown> & { shape: number[]; data: unknown[] } {
  const sizes = shape.map((size) => (size < 0 ? open : size));
  const data = Array.from({ length: product(sizes) }, () => sampleOf(datatype).json);
  return { name, datatype, shape: sizes, data };
}

/** The same values as raw bytes. */
export function rawInput({ datatype, shape }: TensorMetadata, open = 2): Buffer {
  const count = product(shape.map((size) => (size < 0 ? open : size)));
  return Buffer.from(sampleOf(datatype).hex.repeat(count), 'hex');
}

export function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

function sampleOf(datatype: string): Sample {
  const sample = SAMPLES[datatype];
  if (sample === undefined) throw new Error(`the protocol has no datatype ${datatype}`);
  return sample;
}

type Reader = (bytes: Buffer, at: number) => unknown;
const READERS: Readonly<Record<string, readonly [size: number, read: Reader]>> = {
  BOOL: [1, (bytes, at) => bytes[at] !== 0],
  UINT8: [1, (bytes, at) => bytes.readUInt8(at)],
  UINT16: [2, (bytes, at) => bytes.readUInt16LE(at)],
  UINT32: [4, (bytes, at) => bytes.readUInt32LE(at)],
  UINT64: [8, (bytes, at) => Number(bytes.readBigUInt64LE(at))],
  INT8: [1, (bytes, at) => bytes.readInt8(at)],
  INT16: [2, (bytes, at) => bytes.readInt16LE(at)],
  INT32: [4, (bytes, at) => bytes.readInt32LE(at)],
  INT64: [8, (bytes, at) => Number(bytes.readBigInt64LE(at))],
  FP16: [2, (bytes, at) => bytes.readUInt16LE(at)],
  FP32: [4, (bytes, at) => bytes.readFloatLE(at)],
  FP64: [8, (bytes, at) => bytes.readDoubleLE(at)],
};

/** Raw output bytes as the values that JSON would have. */
export function readRaw(datatype: string, bytes: Buffer): unknown[] {
  if (datatype === 'BYTES') return readStrings(bytes);
  const [size, read] = READERS[datatype] ?? [1, () => undefined];
  return Array.from({ length: bytes.byteLength / size }, (_, i) => read(bytes, i * size));
}

function readStrings(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.byteLength;) {
    const end = at + 4 + bytes.readUInt32LE(at);
    found.push(bytes.toString('utf8', at + 4, end));
    at = end;
  }
  return found;
}
