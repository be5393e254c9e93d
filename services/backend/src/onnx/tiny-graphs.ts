import type { Datatype } from '../oip/datatypes.ts';
import type { Graph, GraphValue } from './write-onnx.ts';

/** Answers what it was given: per datatype an input `x-fp32` of any length and an output `y-fp32`. */
export function identityGraph(datatypes: readonly Datatype[]): Graph {
  const values = (side: 'x' | 'y'): GraphValue[] =>
    datatypes.map((datatype) => {
      const name = datatype.toLowerCase();
      return { name: `${side}-${name}`, datatype, shape: [`n-${name}`] };
    });
  const outputs = values('y');
  return {
    inputs: values('x'),
    outputs,
    nodes: values('x').map(({ name }, at) => {
      return { op: 'Identity', inputs: [name], outputs: [outputs[at]?.name ?? ''] };
    }),
  };
}

/** Adds two lists of one length, and multiplies them: two inputs, two outputs. */
export function addGraph(datatype: 'FP32' | 'INT32' = 'FP32'): Graph {
  return {
    inputs: ['a', 'b'].map((name) => ({ name, datatype, shape: ['n'] })),
    outputs: ['sum', 'product'].map((name) => ({ name, datatype, shape: ['n'] })),
    nodes: [
      { op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] },
      { op: 'Mul', inputs: ['a', 'b'], outputs: ['product'] },
    ],
  };
}

/** Multiplies by a number that tells versions apart. */
export function scaleGraph(factor: number): Graph {
  return {
    inputs: [{ name: 'x', datatype: 'FP32', shape: ['n'] }],
    outputs: [{ name: 'y', datatype: 'FP32', shape: ['n'] }],
    nodes: [{ op: 'Mul', inputs: ['x', 'factor'], outputs: ['y'] }],
    constants: [
      {
        name: 'factor',
        datatype: 'FP32',
        shape: [1],
        data: new Uint8Array(Float32Array.of(factor).buffer),
      },
    ],
  };
}

const SLOW_STEPS = 8;

/** Multiplies `size[0]` x `size[1]` zeros with each other: as slow as the caller asks for. */
export function slowGraph(): Graph {
  const steps = Array.from({ length: SLOW_STEPS }, (_, step) => ({
    op: 'MatMul',
    inputs: [step === 0 ? 'zeros' : `step${step}`, 'zeros'],
    outputs: [`step${step + 1}`],
  }));
  return {
    inputs: [{ name: 'size', datatype: 'INT64', shape: [2] }],
    outputs: [{ name: 'sum', datatype: 'FP32', shape: [] }],
    nodes: [
      { op: 'ConstantOfShape', inputs: ['size'], outputs: ['zeros'] },
      ...steps,
      {
        op: 'ReduceSum',
        inputs: [`step${SLOW_STEPS}`],
        outputs: ['sum'],
        attributes: { keepdims: 0n },
      },
    ],
  };
}

/**
 * Embeds badly: of every text [own, all], where `own` is the sum of its ids and `all` that of its run.
 * Alone both are equal.
 */
export function batchDependentGraph(): Graph {
  const float = (...values: number[]): Uint8Array =>
    new Uint8Array(Float32Array.of(...values).buffer);
  const whole = (...values: bigint[]): Uint8Array =>
    new Uint8Array(BigInt64Array.of(...values).buffer);
  return {
    inputs: [{ name: 'input_ids', datatype: 'INT64', shape: ['batch', 'length'] }],
    outputs: [{ name: 'vector', datatype: 'FP32', shape: ['batch', 2] }],
    nodes: [
      { op: 'Cast', inputs: ['input_ids'], outputs: ['ids'], attributes: { to: 1n } },
      { op: 'ReduceSum', inputs: ['ids', 'in-text'], outputs: ['own'] },
      { op: 'ReduceSum', inputs: ['own', 'in-run'], outputs: ['all'] },
      { op: 'Mul', inputs: ['own', 'left'], outputs: ['own-left'] },
      { op: 'Mul', inputs: ['all', 'right'], outputs: ['all-right'] },
      { op: 'Add', inputs: ['own-left', 'all-right'], outputs: ['vector'] },
    ],
    constants: [
      { name: 'in-text', datatype: 'INT64', shape: [1], data: whole(1n) },
      { name: 'in-run', datatype: 'INT64', shape: [1], data: whole(0n) },
      { name: 'left', datatype: 'FP32', shape: [1, 2], data: float(1, 0) },
      { name: 'right', datatype: 'FP32', shape: [1, 2], data: float(0, 1) },
    ],
  };
}
