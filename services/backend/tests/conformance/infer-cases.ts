import type { Case, Subject } from './check.ts';
import { assert, ok, pathOf, refused, rule, same } from './check.ts';
import type { Answer } from './target.ts';
import { HEADER_LENGTH, json } from './target.ts';
import { jsonInput, product, rawInput, readRaw } from './values.ts';

const BINARY = 'binary_tensor_data';

interface Output {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data?: readonly unknown[];
  readonly parameters?: { readonly binary_data_size?: number };
}

function infer({ target, model }: Subject, body: object): Promise<Answer> {
  return target.post(`${pathOf(model)}/infer`, body);
}

function outputsOf(body: Record<string, unknown>): readonly Output[] {
  assert(Array.isArray(body['outputs']), 'no outputs');
  return body['outputs'] as Output[];
}

function inputsOf({ model }: Subject): ReturnType<typeof jsonInput>[] {
  return model.inputs.map((input) => jsonInput(input));
}

function noJson({ model }: Subject): string | undefined {
  const half = model.outputs.some(({ datatype }) => datatype === 'FP16');
  return half ? 'FP16 outputs have no JSON form' : undefined;
}

/** An answer with JSON before raw outputs, as values. */
function readBinary(answer: Answer): Map<string, unknown[]> {
  assert(answer.status === 200, `status ${answer.status}`);
  const length = Number(answer.headers.get(HEADER_LENGTH));
  assert(length > 0, `no ${HEADER_LENGTH}`);
  const body = json({ ...answer, bytes: answer.bytes.subarray(0, length) });
  let at = length;
  const values = outputsOf(body).map(({ name, datatype, parameters }) => {
    const size = parameters?.binary_data_size ?? 0;
    at += size;
    return [name, readRaw(datatype, answer.bytes.subarray(at - size, at))] as const;
  });
  assert(at === answer.bytes.byteLength, 'the sizes do not add up to the body');
  return new Map(values);
}

/** JSON head with binary sizes, and the raw values behind it. */
export function binaryBody({ model }: Subject, more: object = {}): { head: Buffer; raw: Buffer } {
  const parts = model.inputs.map((input) => rawInput(input));
  const inputs = model.inputs.map((input, at) => {
    const { data: _data, ...head } = jsonInput(input);
    return { ...head, parameters: { binary_data_size: parts[at]?.byteLength ?? 0 } };
  });
  return { head: Buffer.from(JSON.stringify({ inputs, ...more })), raw: Buffer.concat(parts) };
}

function sendBinary({ target, model }: Subject, head: Buffer, raw: Buffer): Promise<Answer> {
  const headers = { [HEADER_LENGTH]: String(head.byteLength) };
  return target.post(`${pathOf(model)}/infer`, Buffer.concat([head, raw]), headers);
}

const ALL_BINARY = { parameters: { binary_data_output: true } };

/** Inference that must work. */
export const INFER_CASES: readonly Case[] = [
  rule({
    name: 'JSON: the id comes back, shapes and data agree',
    skip: noJson,
    run: async (subject) => {
      const body = ok(await infer(subject, { id: 'case-1', inputs: inputsOf(subject) }));
      assert(body['id'] === 'case-1' && body['model_name'] === subject.model.name, 'id or name');
      for (const { name, shape, data } of outputsOf(body)) {
        assert(data?.length === product(shape), `${name}: data and shape differ`);
      }
    },
  }),
  rule({
    name: 'JSON: nested data is the same as flat data',
    skip: noJson,
    run: async (subject) => {
      const inputs = inputsOf(subject);
      const flat = outputsOf(ok(await infer(subject, { inputs })));
      const nested = inputs.map((input) => ({ ...input, data: [input.data] }));
      const again = outputsOf(ok(await infer(subject, { inputs: nested })));
      assert(
        flat.every(({ data }, at) => same(data, again[at]?.data)),
        'other values',
      );
    },
  }),
  rule({
    name: 'only the outputs asked for come, in that order',
    skip: noJson,
    run: async (subject) => {
      const names = subject.model.outputs.map(({ name }) => name).reverse();
      const outputs = names.map((name) => ({ name }));
      const body = ok(await infer(subject, { inputs: inputsOf(subject), outputs }));
      assert(
        same(
          outputsOf(body).map(({ name }) => name),
          names,
        ),
        'another order',
      );
    },
  }),
  rule({
    name: 'binary inputs and outputs are the same as JSON ones',
    extension: BINARY,
    skip: noJson,
    run: async (subject) => {
      const plain = outputsOf(ok(await infer(subject, { inputs: inputsOf(subject) })));
      const { head, raw } = binaryBody(subject, ALL_BINARY);
      const values = readBinary(await sendBinary(subject, head, raw));
      assert(
        plain.every(({ name, data }) => same(data, values.get(name))),
        'other values',
      );
    },
  }),
  rule({
    name: 'an output says binary or not against what the request says',
    extension: BINARY,
    skip: noJson,
    run: async (subject) => {
      const outputs = subject.model.outputs.map(({ name }) => {
        return { name, parameters: { binary_data: false } };
      });
      const body = ok(await infer(subject, { ...ALL_BINARY, inputs: inputsOf(subject), outputs }));
      assert(
        outputsOf(body).every(({ data }) => data !== undefined),
        'an output is raw',
      );
    },
  }),
  rule({
    name: 'raw values alone are enough for a model with one input',
    extension: BINARY,
    skip: ({ model: { inputs } }) => {
      const open = inputs[0]?.shape.filter((size) => size < 0).length ?? 0;
      return inputs.length === 1 && open < 2 ? undefined : 'it has more inputs or open dimensions';
    },
    run: async ({ target, model }) => {
      const [input] = model.inputs;
      assert(input !== undefined, 'no input');
      const raw = input.datatype === 'BYTES' ? Buffer.from('one') : rawInput(input);
      const headers = { [HEADER_LENGTH]: '0' };
      const answer = await target.post(`${pathOf(model)}/infer`, raw, headers);
      assert(readBinary(answer).size === model.outputs.length, 'an output is missing');
    },
  }),
];

type Change = (subject: Subject) => object;

/** Requests that each break one rule. */
const WRONG: Readonly<Record<string, Change>> = {
  'no inputs': () => ({ inputs: [] }),
  'no inputs field': () => ({}),
  'a missing input': (subject) => ({ inputs: inputsOf(subject).slice(1) }),
  'an unknown input': (subject) => {
    const extra = { name: 'no-such-input', shape: [1], datatype: 'FP32', data: [1] };
    return { inputs: [...inputsOf(subject), extra] };
  },
  'an input twice': (subject) => ({ inputs: [...inputsOf(subject), ...inputsOf(subject)] }),
  'an unknown datatype': (subject) => first(subject, { datatype: 'FP33' }),
  'another datatype': (subject) => {
    const other = subject.model.inputs[0]?.datatype === 'BOOL' ? 'FP32' : 'BOOL';
    return first(subject, { datatype: other, data: [true, true] });
  },
  'a negative dimension': (subject) => first(subject, { shape: [-1] }),
  'one dimension too many': (subject) => {
    return first(subject, { shape: [...(inputsOf(subject)[0]?.shape ?? []), 1] });
  },
  'too little data': (subject) => {
    return first(subject, { data: inputsOf(subject)[0]?.data.slice(1) });
  },
  'too much data': (subject) => {
    const data = inputsOf(subject)[0]?.data ?? [];
    return first(subject, { data: [...data, ...data] });
  },
  'no data': (subject) => first(subject, { data: undefined }),
  'data that is no list': (subject) => first(subject, { data: 'text' }),
  'values of another kind': (subject) => {
    return first(subject, { data: inputsOf(subject)[0]?.data.map(() => ({})) });
  },
  'data and a binary size': (subject) => first(subject, { parameters: { binary_data_size: 8 } }),
  'a binary size beyond the body': (subject) => {
    return first(subject, { data: undefined, parameters: { binary_data_size: 8 } });
  },
  'an unknown output': (subject) => {
    return { inputs: inputsOf(subject), outputs: [{ name: 'no-such-output' }] };
  },
};

/** The request with another first input. */
function first(subject: Subject, change: object): object {
  const [input, ...rest] = inputsOf(subject);
  return { inputs: [{ ...input, ...change }, ...rest] };
}

/** Inference that must be refused as the client's fault. */
export const REFUSAL_CASES: readonly Case[] = [
  ...Object.entries(WRONG).map(([what, change]): Case => {
    return {
      name: `refuses ${what}`,
      run: async (subject) => refused(await infer(subject, change(subject)), [400]),
    };
  }),
  rule({
    name: 'refuses what is not JSON',
    run: async ({ target, model }) => {
      for (const body of ['', '{', '[]', 'null', '\u0000', '{"inputs":1}']) {
        refused(await target.post(`${pathOf(model)}/infer`, Buffer.from(body)), [400]);
      }
    },
  }),
  rule({
    name: 'refuses a header length that does not fit the body',
    extension: BINARY,
    run: async (subject) => {
      const { target, model } = subject;
      const { head, raw } = binaryBody(subject);
      const body = Buffer.concat([head, raw]);
      for (const length of [String(body.byteLength + 1), '1', '-1', 'x', '1e3']) {
        const headers = { [HEADER_LENGTH]: length };
        refused(await target.post(`${pathOf(model)}/infer`, body, headers), [400]);
      }
      refused(await sendBinary(subject, head, raw.subarray(1)), [400]);
      refused(await sendBinary(subject, head, Buffer.concat([raw, Buffer.of(0)])), [400]);
    },
  }),
];
