import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasExternalData } from './external-data.ts';
import { bytes, integer, nested, readFields, text } from './protobuf.ts';
import { addGraph, scaleGraph, slowGraph } from './tiny-graphs.ts';
import { writeOnnx } from './write-onnx.ts';

describe('the wire format', () => {
  it('reads back what it wrote', () => {
    const fields = fc.array(
      fc.record({
        field: fc.integer({ min: 1, max: 500 }),
        value: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 63n }), fc.uint8Array({ maxLength: 200 })),
      }),
    );
    fc.assert(
      fc.property(fields, (list) => {
        const written = list.map(({ field, value }) =>
          typeof value === 'bigint' ? integer(field, value) : bytes(field, value),
        );
        const read = [...readFields(Buffer.concat(written.flat()))];
        expect(read.map(({ field, value }) => [field, plain(value)])).toEqual(
          list.map(({ field, value }) => [field, plain(value)]),
        );
      }),
    );
  });

  it('throws on what is cut off', () => {
    const whole = Buffer.concat(text(1, 'a name').flat());
    expect(() => [...readFields(whole.subarray(0, -1))]).toThrow('cut off');
    expect(() => [...readFields(Buffer.of(0x08, 0x80))]).toThrow('cut off');
  });
});

function plain(value: bigint | Uint8Array): string {
  return typeof value === 'bigint' ? String(value) : Buffer.from(value).toString('hex');
}

describe('a written graph', () => {
  it('is small, the same each time, and keeps everything inside', () => {
    for (const graph of [addGraph(), scaleGraph(2), slowGraph()]) {
      const file = writeOnnx(graph);
      expect(file.byteLength).toBeLessThan(2_000);
      expect(writeOnnx(graph)).toEqual(file);
      expect(hasExternalData(file)).toBe(false);
    }
    expect(writeOnnx(scaleGraph(1))).not.toEqual(writeOnnx(scaleGraph(2)));
  });
});

describe('tensors in other files', () => {
  const external = [text(8, 'w'), nested(13, text(1, 'location'), text(2, '../../secret'))];
  const located = [text(8, 'w'), integer(14, 1)];
  const inGraph = (...tensor: Parameters<typeof nested>[1][]) => nested(7, nested(5, ...tensor));
  const inNode = (...tensor: Parameters<typeof nested>[1][]) =>
    nested(7, nested(1, nested(5, nested(5, ...tensor))));
  const inSubgraph = (...tensor: Parameters<typeof nested>[1][]) =>
    nested(7, nested(1, nested(5, nested(6, nested(5, ...tensor)))));

  it.each([
    ['a constant', inGraph],
    ['an attribute', inNode],
    ['a graph inside', inSubgraph],
  ])('are found in %s', (_where, place) => {
    expect(hasExternalData(Buffer.concat(place(...external).flat()))).toBe(true);
    expect(hasExternalData(Buffer.concat(place(...located).flat()))).toBe(true);
    expect(hasExternalData(Buffer.concat(place(text(8, 'w')).flat()))).toBe(false);
  });
});
