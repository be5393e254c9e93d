import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBinaryTensor, toBinaryData } from './binary-tensors.ts';
import { ProtocolError } from './datatypes.ts';
import { fromHalf, toHalf } from './half-float.ts';
import { readInferRequest, writeInferAnswer } from './infer-message.ts';
import { readJsonTensor, toJsonData } from './json-tensors.ts';

const head = (datatype: Parameters<typeof readJsonTensor>[0]['datatype'], shape: number[]) => ({
  name: 'x',
  datatype,
  shape,
});

describe('half floats', () => {
  it('survive the way through a number, all 65,536 of them', () => {
    for (let half = 0; half < 65_536; half += 1) {
      const value = fromHalf(half);
      if (Number.isNaN(value)) expect(Number.isNaN(fromHalf(toHalf(value)))).toBe(true);
      else expect(toHalf(value)).toBe(half);
    }
  });

  it('are the nearest ones, ties to even', () => {
    fc.assert(
      fc.property(fc.double({ min: -70_000, max: 70_000, noNaN: true }), (value) => {
        const single = Math.fround(value);
        const found = fromHalf(toHalf(single));
        if (!Number.isFinite(found)) {
          expect(Math.abs(single)).toBeGreaterThanOrEqual(65_520);
          return;
        }
        const bits = toHalf(single);
        for (const near of [fromHalf(bits - 1), fromHalf(bits + 1)].filter(Number.isFinite)) {
          expect(Math.abs(found - single)).toBeLessThanOrEqual(Math.abs(near - single));
        }
      }),
    );
  });
});

describe('JSON tensors', () => {
  it.each([
    ['flat', [1, 2, 3, 4, 5, 6]],
    ['nested', [[1, 2, 3], [4, 5, 6]]], // prettier-ignore
  ])('are read %s', (_, data) => {
    const { data: read } = readJsonTensor(head('INT32', [2, 3]), data);
    expect(read).toEqual(Int32Array.of(1, 2, 3, 4, 5, 6));
  });

  it.each([
    ['INT32', [1.5]],
    ['UINT8', [300]],
    ['UINT8', [-1]],
    ['UINT16', ['7']],
    ['BOOL', [1]],
    ['BYTES', [7]],
    ['FP32', [null]],
    ['INT64', [2 ** 53]],
    ['INT32', [1, 2]],
    ['INT32', []],
    ['INT32', 'text'],
  ] as const)('bend nothing: %s %j', (datatype, data) => {
    expect(() => readJsonTensor(head(datatype, [1]), data)).toThrow(ProtocolError);
  });

  it('hold a size of zero, and strings with any content', () => {
    expect(readJsonTensor(head('FP32', [0, 5]), []).data).toEqual(new Float32Array());
    const text = 'a\u0000b ü 🚀';
    const tensor = readJsonTensor(head('BYTES', [1]), [text]);
    expect(toJsonData(tensor)).toEqual([text]);
  });

  it('refuse to write what JSON cannot hold, and say what works', () => {
    const infinite = { ...head('FP32', [1]), data: Float32Array.of(Infinity) };
    expect(() => toJsonData(infinite)).toThrow(/binary_data/);
    const large = { ...head('INT64', [1]), data: BigInt64Array.of(2n ** 60n) };
    expect(() => toJsonData(large)).toThrow(/binary_data/);
    const half = { ...head('FP16', [1]), data: Uint16Array.of(toHalf(1)) };
    expect(() => toJsonData(half)).toThrow(/binary_data/);
  });
});

describe('binary tensors', () => {
  it('come back as they were, at any offset', () => {
    const values = fc.array(fc.double({ noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 7 }), (list, offset) => {
        const data = Float64Array.from(list);
        const shifted = new Uint8Array(offset + data.byteLength);
        shifted.set(toBinaryData(data), offset);
        const read = readBinaryTensor(head('FP64', [list.length]), shifted.subarray(offset));
        expect(read.data).toEqual(data);
      }),
    );
  });

  it('of strings come back too, and torn ones are refused', () => {
    const strings = fc.array(fc.uint8Array({ maxLength: 10 }), { maxLength: 6 });
    fc.assert(
      fc.property(strings, (list) => {
        const raw = toBinaryData(list);
        expect(readBinaryTensor(head('BYTES', [list.length]), raw).data).toEqual(list);
        if (raw.byteLength === 0) return;
        const torn = raw.subarray(0, -1);
        expect(() => readBinaryTensor(head('BYTES', [list.length]), torn)).toThrow(ProtocolError);
      }),
    );
  });
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('inference requests', () => {
  const json = (inputs: unknown[], more: object = {}): Uint8Array =>
    bytes(JSON.stringify({ inputs, ...more }));

  it('mix JSON and raw inputs, and answer as asked', () => {
    const raw = toBinaryData(Float32Array.of(1, 2));
    const header = json(
      [
        { ...head('FP32', [2]), parameters: { binary_data_size: 8 } },
        { name: 'y', datatype: 'BOOL', shape: [1], data: [true] },
      ],
      {
        id: 'a1',
        parameters: { binary_data_output: true },
        outputs: [{ name: 'p', parameters: { binary_data: false } }, { name: 'q' }],
      },
    );
    const body = Buffer.concat([header, raw]);
    const request = readInferRequest(body, String(header.byteLength));
    expect(request).toMatchObject({ id: 'a1', outputs: ['p', 'q'] });
    expect(request.inputs.map(({ data }) => data)).toEqual([
      Float32Array.of(1, 2),
      Uint8Array.of(1),
    ]);
    const outputs = [
      { name: 'p', datatype: 'FP32' as const, shape: [1], data: Float32Array.of(0.5) },
      { name: 'q', datatype: 'INT8' as const, shape: [2], data: Int8Array.of(-1, 1) },
    ];
    const answer = writeInferAnswer(
      { model: 'm', version: '1', id: request.id, outputs },
      request.isBinary,
    );
    const text = Buffer.from(answer.body.subarray(0, answer.headerLength)).toString();
    expect(JSON.parse(text)).toEqual({
      model_name: 'm',
      model_version: '1',
      id: 'a1',
      outputs: [
        { name: 'p', datatype: 'FP32', shape: [1], data: [0.5] },
        { name: 'q', datatype: 'INT8', shape: [2], parameters: { binary_data_size: 2 } },
      ],
    });
    expect([...answer.body.subarray(answer.headerLength)]).toEqual([255, 1]);
  });

  it('may be raw values alone: the open dimension follows', () => {
    const sole = { name: 'x', datatype: 'FP32' as const, shape: [-1, 2] };
    const request = readInferRequest(toBinaryData(Float32Array.of(1, 2, 3, 4)), '0', sole);
    expect(request.inputs[0]).toMatchObject({ shape: [2, 2] });
    const text = readInferRequest(bytes('hello'), '0', { ...sole, datatype: 'BYTES' });
    expect(text.inputs[0]).toMatchObject({ shape: [1], data: [bytes('hello')] });
    expect(() => readInferRequest(bytes('12345'), '0', sole)).toThrow(ProtocolError);
    expect(() => readInferRequest(bytes('x'), '0')).toThrow(ProtocolError);
  });

  const input = { ...head('UINT8', [2]), parameters: { binary_data_size: 2 } };
  const one = json([input]);
  it.each([
    ['a header beyond the body', one, '9999'],
    ['a header that is no number', one, '1e2'],
    ['sizes that leave bytes', Buffer.concat([one, bytes('abc')]), String(one.byteLength)],
    ['sizes beyond the body', Buffer.concat([one, bytes('a')]), String(one.byteLength)],
    ['no JSON', bytes('{'), undefined],
    ['no inputs', json([]), undefined],
    ['an unknown datatype', json([{ name: 'x', datatype: 'X', shape: [1], data: [1] }]), undefined],
    ['a negative size', json([{ name: 'x', datatype: 'BOOL', shape: [-1], data: [] }]), undefined],
    ['both data and a size', json([{ ...input, data: [1, 2] }]), undefined],
    ['a shape of too many', json([{ ...head('BOOL', [1e6, 1e6]), data: [] }]), undefined],
  ])('with %s are refused', (_, body, length) => {
    expect(() => readInferRequest(body, length)).toThrow(ProtocolError);
  });

  it('of any bytes are read or refused, nothing else', () => {
    const length = fc.option(fc.integer({ min: 0, max: 40 }).map(String), { nil: undefined });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), length, (body, header) => {
        try {
          readInferRequest(body, header, { name: 'x', datatype: 'INT16', shape: [-1] });
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });
});
