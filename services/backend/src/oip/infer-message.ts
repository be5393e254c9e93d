import { z } from 'zod';
import { readBinaryTensor, toBinaryData } from './binary-tensors.ts';
import type { Tensor } from './datatypes.ts';
import { DATATYPES, LAYOUTS, ProtocolError } from './datatypes.ts';
import { readJsonTensor, toJsonData } from './json-tensors.ts';

/** Length of the JSON part of a body that raw tensors follow. */
export const HEADER_LENGTH = 'inference-header-content-length';

const MAX_INPUTS = 64;
const parameters = z.record(z.string(), z.unknown());
const inputSchema = z.object({
  name: z.string().min(1),
  shape: z.array(z.int().min(0)).max(16),
  datatype: z.enum(DATATYPES),
  parameters: parameters.optional(),
  data: z.unknown().optional(),
});
const requestSchema = z.object({
  id: z.string().optional(),
  parameters: parameters.optional(),
  inputs: z.array(inputSchema).min(1).max(MAX_INPUTS),
  outputs: z
    .array(z.object({ name: z.string().min(1), parameters: parameters.optional() }))
    .max(MAX_INPUTS)
    .optional(),
});

/** What a client asks a model. */
export interface InferRequest {
  readonly id: string | undefined;
  readonly inputs: readonly Tensor[];
  /** Names of the outputs asked for; undefined: all. */
  readonly outputs: readonly string[] | undefined;
  /** Whether an output goes back as raw bytes. */
  readonly isBinary: (output: string) => boolean;
}

/** What a raw request (header length 0) leaves out: it is known from the model. */
export interface SoleInput {
  readonly name: string;
  readonly datatype: Tensor['datatype'];
  /** Size of each dimension, -1 where any size fits. */
  readonly shape: readonly number[];
}

/**
 * Reads an inference request: JSON, JSON with raw tensors behind it, or raw values alone.
 * @param headerLength value of `Inference-Header-Content-Length`, undefined without one
 * @param sole the model's input if it has only one
 * @throws ProtocolError
 */
export function readInferRequest(
  body: Uint8Array,
  headerLength: string | undefined,
  sole?: SoleInput,
): InferRequest {
  if (headerLength === undefined) return readParts(body, new Uint8Array());
  if (!/^\d{1,10}$/.test(headerLength)) throw new ProtocolError(`${HEADER_LENGTH} is no number`);
  const length = Number(headerLength);
  if (length > body.byteLength) throw new ProtocolError(`${HEADER_LENGTH} is beyond the body`);
  if (length === 0) return readRaw(body, sole);
  return readParts(body.subarray(0, length), body.subarray(length));
}

function readParts(json: Uint8Array, raw: Uint8Array): InferRequest {
  const request = parse(json);
  let at = 0;
  const inputs = request.inputs.map((input): Tensor => {
    const size = input.parameters?.['binary_data_size'];
    if (size === undefined) return readJsonTensor(input, input.data);
    if (input.data !== undefined) {
      throw new ProtocolError(`input "${input.name}" has both data and binary_data_size`);
    }
    if (!Number.isInteger(size) || Number(size) < 0 || at + Number(size) > raw.byteLength) {
      throw new ProtocolError(`input "${input.name}": binary_data_size is beyond the body`);
    }
    const bytes = raw.subarray(at, at + Number(size));
    at += Number(size);
    return readBinaryTensor(input, bytes);
  });
  if (at !== raw.byteLength) {
    throw new ProtocolError(
      `the sizes of the inputs add up to ${at} bytes, ${raw.byteLength} came`,
    );
  }
  const { id, outputs } = request;
  const names = outputs?.map(({ name }) => name);
  return { id, inputs, outputs: names, isBinary: binaryOf(request) };
}

type ParsedRequest = z.infer<typeof requestSchema>;

function binaryOf({ outputs, parameters: all }: ParsedRequest): (output: string) => boolean {
  const byName = new Map(outputs?.map(({ name, parameters: own }) => [name, own?.['binary_data']]));
  const usual = all?.['binary_data_output'] === true;
  return (output) => {
    const own = byName.get(output);
    return own === undefined ? usual : own === true;
  };
}

function parse(json: Uint8Array): ParsedRequest {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(json).toString('utf8'));
  } catch {
    // What the parser says quotes the body, which may be secret.
    throw new ProtocolError('the body is not valid JSON');
  }
  const parsed = requestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ProtocolError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
}

/** The one dimension that may vary follows from the number of bytes; all outputs go back raw. */
function readRaw(body: Uint8Array, sole: SoleInput | undefined): InferRequest {
  if (sole === undefined) throw new ProtocolError('raw values alone need a model with one input');
  const shape = rawShape(body, sole);
  const data = sole.datatype === 'BYTES' ? toBinaryData([body]) : body;
  const input = readBinaryTensor({ ...sole, shape }, data);
  return { id: undefined, inputs: [input], outputs: undefined, isBinary: () => true };
}

function rawShape(body: Uint8Array, { datatype, shape, name }: SoleInput): number[] {
  if (datatype === 'BYTES') return [1];
  const known = shape.filter((size) => size >= 0).reduce((product, size) => product * size, 1);
  const open = shape.filter((size) => size < 0).length;
  if (open > 1) throw new ProtocolError(`input "${name}" has more than one open dimension`);
  const { bytes } = LAYOUTS[datatype];
  const count = known === 0 ? 0 : body.byteLength / (bytes * known);
  return shape.map((size) => (size < 0 ? Math.floor(count) : size));
}

export interface InferAnswer {
  readonly model: string;
  readonly version: string;
  readonly id: string | undefined;
  readonly outputs: readonly Tensor[];
}

/** An answer on the wire; `headerLength` is set when raw tensors follow the JSON. */
export interface WireAnswer {
  readonly body: Uint8Array;
  readonly headerLength: number | undefined;
}

/** Writes an answer with those outputs raw that were asked for raw. */
export function writeInferAnswer(
  answer: InferAnswer,
  isBinary: (output: string) => boolean,
): WireAnswer {
  const raw: Uint8Array[] = [];
  const outputs = answer.outputs.map((output) => {
    const { name, datatype, shape } = output;
    if (!isBinary(name)) return { name, datatype, shape, data: toJsonData(output) };
    const bytes = toBinaryData(output.data);
    raw.push(bytes);
    return { name, datatype, shape, parameters: { binary_data_size: bytes.byteLength } };
  });
  const json = Buffer.from(
    JSON.stringify({
      model_name: answer.model,
      model_version: answer.version,
      ...(answer.id === undefined ? {} : { id: answer.id }),
      outputs,
    }),
  );
  if (raw.length === 0) return { body: json, headerLength: undefined };
  return { body: Buffer.concat([json, ...raw]), headerLength: json.byteLength };
}
