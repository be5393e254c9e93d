import type { RevisionTemplate } from './revision.ts';

/** The part of a template that an operator sets as numbers. */
export type Sizing = Pick<
  RevisionTemplate,
  'cpu' | 'memoryMib' | 'minInstances' | 'maxInstances' | 'concurrency' | 'timeoutSeconds'
>;

/** Why a sizing can't be used, at the field that has to change. */
export interface SizingProblem {
  readonly field: keyof Sizing;
  readonly problem: string;
}

/** CPUs that the platform sells whole, with the memory in MiB that each one allows. */
const MEMORY_OF_CPU: Readonly<Record<number, readonly [min: number, max: number]>> = {
  1: [128, 4_096],
  2: [128, 8_192],
  4: [2_048, 16_384],
  8: [4_096, 32_768],
};
const SMALLEST_CPU = 0.08;
const FRACTION_MEMORY = [128, 2_048] as const;
const MAX_TIMEOUT_S = 3_600;
const MAX_CONCURRENCY = 1_000;
const MAX_INSTANCES = 1_000;

/** The whole CPUs to choose from. */
export const CPU_CHOICES: readonly number[] = [1, 2, 4, 8];

/** What Cloud Run would refuse, in the order of the fields; empty when it takes the sizing. */
export function sizingProblems(sizing: Sizing): readonly SizingProblem[] {
  const found: (SizingProblem | null)[] = [
    cpuProblem(sizing),
    memoryProblem(sizing),
    whole('minInstances', sizing.minInstances, [0, MAX_INSTANCES]),
    whole('maxInstances', sizing.maxInstances, [1, MAX_INSTANCES]),
    sizing.minInstances > sizing.maxInstances
      ? at('minInstances', 'More instances are kept warm than may run at most.')
      : null,
    whole('concurrency', sizing.concurrency, [1, MAX_CONCURRENCY]),
    whole('timeoutSeconds', sizing.timeoutSeconds, [1, MAX_TIMEOUT_S]),
  ];
  return found.filter((problem) => problem !== null);
}

function at(field: keyof Sizing, problem: string): SizingProblem {
  return { field, problem };
}

function cpuProblem({ cpu, concurrency }: Sizing): SizingProblem | null {
  if (MEMORY_OF_CPU[cpu] !== undefined) return null;
  if (!(cpu >= SMALLEST_CPU && cpu < 1)) {
    return at('cpu', `CPU is 1, 2, 4 or 8, or a fraction from ${String(SMALLEST_CPU)}.`);
  }
  return concurrency === 1
    ? null
    : at('concurrency', 'Less than one CPU serves one request at a time: set it to 1.');
}

function memoryProblem({ cpu, memoryMib }: Sizing): SizingProblem | null {
  const [min, max] = MEMORY_OF_CPU[cpu] ?? FRACTION_MEMORY;
  if (!Number.isInteger(memoryMib)) return at('memoryMib', 'Memory is whole MiB.');
  if (memoryMib < min) {
    return at('memoryMib', `${String(cpu)} CPU needs at least ${String(min)} MiB.`);
  }
  return memoryMib > max
    ? at('memoryMib', `${String(cpu)} CPU takes at most ${String(max)} MiB.`)
    : null;
}

function whole(
  field: keyof Sizing,
  value: number,
  [min, max]: readonly [number, number],
): SizingProblem | null {
  const fits = Number.isInteger(value) && value >= min && value <= max;
  return fits ? null : at(field, `A whole number from ${String(min)} to ${String(max)}.`);
}
