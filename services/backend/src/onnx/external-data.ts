import { readFields } from './protobuf.ts';

/**
 * Where a tensor can lie inside each kind of message (onnx/onnx, onnx/onnx.proto): field number to
 * the kind of message that it holds.
 */
const INSIDE = {
  model: { 7: 'graph', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
} as const satisfies Record<string, Record<number, string>>;

const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;
const MAX_DEPTH = 32;

/**
 * Whether a tensor of the file says that its values are in another file. Such a path could lead out
 * of the repository, and the other file has no checksum.
 * @throws Error when the bytes are no ONNX file
 */
export function hasExternalData(model: Uint8Array): boolean {
  return search(model, 'model', 0);
}

function search(message: Uint8Array, kind: keyof typeof INSIDE, depth: number): boolean {
  if (depth > MAX_DEPTH) throw new Error('graphs are nested too deeply');
  const inside: Readonly<Record<number, keyof typeof INSIDE>> = INSIDE[kind];
  for (const { field, value } of readFields(message)) {
    if (kind === 'tensor' && isExternal(field, value)) return true;
    const next = inside[field];
    if (next === undefined || typeof value === 'bigint') continue;
    if (search(value, next, depth + 1)) return true;
  }
  return false;
}

function isExternal(field: number, value: bigint | Uint8Array): boolean {
  return field === EXTERNAL_DATA || (field === DATA_LOCATION && value !== 0n);
}
