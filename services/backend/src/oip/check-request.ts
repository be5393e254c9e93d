import type { ModelInterface, ValueInfo } from '../inference/lane-protocol.ts';
import type { Tensor } from './datatypes.ts';
import { ProtocolError } from './datatypes.ts';
import type { InferRequest, SoleInput } from './infer-message.ts';

/** Shape as the protocol writes it: -1 where any size fits. */
export function toShape(dims: ValueInfo['dims']): number[] {
  return dims.map((size) => (typeof size === 'number' ? size : -1));
}

/** The model's input when it has only one: a raw request needs nothing else. */
export function soleInput({ inputs }: ModelInterface): SoleInput | undefined {
  const [input, ...others] = inputs;
  if (input === undefined || others.length > 0) return undefined;
  return { name: input.name, datatype: input.datatype, shape: toShape(input.dims) };
}

/**
 * Holds a request against what the graph takes, before a lane sees it.
 * @returns the names of the outputs to compute
 * @throws ProtocolError
 */
export function checkRequest(graph: ModelInterface, request: InferRequest): string[] {
  const given = new Map(request.inputs.map((tensor) => [tensor.name, tensor]));
  if (given.size !== request.inputs.length) throw new ProtocolError('an input is given twice');
  const sizes = new Map<string, number>();
  for (const input of graph.inputs) {
    const tensor = given.get(input.name);
    if (tensor === undefined) throw new ProtocolError(`input "${input.name}" is missing`);
    checkTensor(input, tensor, sizes);
    given.delete(input.name);
  }
  const [unknown] = given.keys();
  if (unknown !== undefined) throw new ProtocolError(`the model has no input "${unknown}"`);
  return checkOutputs(graph, request.outputs);
}

function checkTensor(input: ValueInfo, tensor: Tensor, sizes: Map<string, number>): void {
  const { name, datatype, dims } = input;
  if (tensor.datatype !== datatype) {
    throw new ProtocolError(`input "${name}" is ${datatype}, ${tensor.datatype} came`);
  }
  const fits =
    tensor.shape.length === dims.length &&
    dims.every((size, at) => fitsDimension(size, tensor.shape[at] ?? 0, sizes));
  if (fits) return;
  const expected = `[${dims.map((size) => (size === '' ? -1 : size)).join(', ')}]`;
  throw new ProtocolError(
    `input "${name}" has the shape ${expected}, [${tensor.shape.join(', ')}] came`,
  );
}

/** A named dimension has one size in all inputs of a request. */
function fitsDimension(size: number | string, given: number, sizes: Map<string, number>): boolean {
  if (typeof size === 'number') return size === given;
  if (size === '') return true;
  const known = sizes.get(size);
  sizes.set(size, given);
  return known === undefined || known === given;
}

function checkOutputs({ outputs }: ModelInterface, asked: readonly string[] | undefined): string[] {
  const names = outputs.map(({ name }) => name);
  if (asked === undefined || asked.length === 0) return names;
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new ProtocolError(`the model has no output "${unknown}"`);
  if (new Set(asked).size !== asked.length) throw new ProtocolError('an output is asked for twice');
  return [...asked];
}
