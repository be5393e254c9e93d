import type { Tensor } from '../oip/datatypes.ts';
import { LAYOUTS } from '../oip/datatypes.ts';
import type { ValueInfo } from './lane-protocol.ts';

/** Zeros for every input, with 1 for each open dimension: enough to make the runtime set up a run. */
export function zeroTensors(inputs: readonly ValueInfo[]): Tensor[] {
  return inputs.map(({ name, datatype, dims }) => {
    const shape = dims.map((size) => (typeof size === 'number' ? size : 1));
    const count = shape.reduce((product, size) => product * size, 1);
    if (datatype === 'BYTES') {
      return { name, datatype, shape, data: Array.from({ length: count }, () => new Uint8Array()) };
    }
    const { array, bytes } = LAYOUTS[datatype];
    return { name, datatype, shape, data: new array(new ArrayBuffer(count * bytes)) };
  });
}
