import type { ServiceScaling } from './revision.ts';

/** Why the scaling of a service can't be used, at the field that has to change. */
export interface ScalingProblem {
  readonly field: keyof ServiceScaling;
  readonly problem: string;
}

const MAX_INSTANCES = 1_000;

/**
 * What is wrong with the scaling of a service, empty when it can be used. By hand the limits don't
 * count, so they aren't looked at then.
 */
export function scalingProblems({ min, max, manual }: ServiceScaling): readonly ScalingProblem[] {
  if (manual !== null) return whole('manual', manual, 1);
  return [
    ...whole('min', min, 0),
    ...(max === null ? [] : whole('max', max, 1)),
    ...(max !== null && min > max
      ? [{ field: 'min', problem: 'More instances are kept warm than may run at most.' } as const]
      : []),
  ];
}

/** None at all would take the service off its address: no deploy of it could be verified. */
function whole(field: keyof ServiceScaling, value: number, least: number): ScalingProblem[] {
  if (Number.isInteger(value) && value >= least && value <= MAX_INSTANCES) return [];
  const problem = `A whole number from ${String(least)} to ${String(MAX_INSTANCES)}.`;
  return [{ field, problem }];
}
