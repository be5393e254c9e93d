import type { Tensor, TensorData } from './datatypes.ts';
import { elementsOf, LAYOUTS, ProtocolError } from './datatypes.ts';
import { isBytes } from './json-tensors.ts';
import type { TensorHead } from './json-tensors.ts';

const LENGTH_BYTES = 4;

/**
 * Raw values of the binary tensor data extension (triton-inference-server/server,
 * docs/protocol/extension_binary_data.md): little-endian, row major; BYTES each with a 4-byte length
 * before it. `bytes` is copied, since typed arrays cannot begin anywhere.
 * @throws ProtocolError when the size does not fit shape and datatype
 */
export function readBinaryTensor(head: TensorHead, bytes: Uint8Array): Tensor {
  const count = elementsOf(head.shape, head.name);
  if (head.datatype === 'BYTES') return { ...head, data: readStrings(head, bytes, count) };
  const layout = LAYOUTS[head.datatype];
  if (bytes.byteLength !== count * layout.bytes) {
    throw wrong(head, `${count * layout.bytes} bytes fit its shape, ${bytes.byteLength} came`);
  }
  return { ...head, data: new layout.array(Uint8Array.from(bytes).buffer) };
}

function readStrings(head: TensorHead, bytes: Uint8Array, count: number): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.byteLength) {
    if (found.length === count) throw wrong(head, `more than ${count} strings came`);
    if (at + LENGTH_BYTES > bytes.byteLength) throw wrong(head, 'a length is cut off');
    const end = at + LENGTH_BYTES + view.getUint32(at, true);
    if (end > bytes.byteLength) throw wrong(head, 'a string is cut off');
    found.push(Uint8Array.from(bytes.subarray(at + LENGTH_BYTES, end)));
    at = end;
  }
  if (found.length !== count)
    throw wrong(head, `the shape has ${count} strings, ${found.length} came`);
  return found;
}

/** Raw values of an output. */
export function toBinaryData(data: TensorData): Uint8Array {
  if (!isBytes(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const size = data.reduce((sum, bytes) => sum + LENGTH_BYTES + bytes.byteLength, 0);
  const raw = new Uint8Array(size);
  const view = new DataView(raw.buffer);
  let at = 0;
  for (const bytes of data) {
    view.setUint32(at, bytes.byteLength, true);
    raw.set(bytes, at + LENGTH_BYTES);
    at += LENGTH_BYTES + bytes.byteLength;
  }
  return raw;
}

function wrong({ name, datatype }: TensorHead, what: string): ProtocolError {
  return new ProtocolError(`input "${name}" (${datatype}): ${what}`);
}
