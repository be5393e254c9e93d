import type { Tensor } from '../oip/datatypes.ts';
import { isBytes, readJsonTensor } from '../oip/json-tensors.ts';
import type { ModelInterface } from './lane-protocol.ts';
import type { TensorConfig } from './model-config.ts';

type SelfCheck = NonNullable<TensorConfig['selfCheck']>;

/** An input of the known run, with the type that the graph gives to it. */
export function toKnownTensor(
  { inputs }: ModelInterface,
  { name, shape, data }: SelfCheck['inputs'][number],
): Tensor {
  const declared = inputs.find((input) => input.name === name);
  if (declared === undefined) throw new Error(`self-check: the graph has no input "${name}"`);
  return readJsonTensor({ name, datatype: declared.datatype, shape }, data);
}

/** @throws Error naming the first value that is not what it was measured to be */
export function compareOutputs(
  found: readonly Tensor[],
  { outputs, tolerance }: Pick<SelfCheck, 'outputs' | 'tolerance'>,
): void {
  for (const { name, data } of found) {
    if (isBytes(data))
      throw new Error(`self-check: output "${name}" is text, which is not compared`);
    const wanted = outputs[name] ?? [];
    if (wanted.length !== data.length) {
      throw new Error(`self-check failed: output "${name}" has ${data.length} values`);
    }
    wanted.forEach((value, at) => {
      const given = Number(data[at]);
      // Also not a number fails.
      if (Math.abs(given - value) <= tolerance * Math.max(1, Math.abs(value))) return;
      throw new Error(`self-check failed: output "${name}" gives ${given} instead of ${value}`);
    });
  }
}
