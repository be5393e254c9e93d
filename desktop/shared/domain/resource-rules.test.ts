import { describe, expect, it } from 'vitest';
import type { Sizing } from './resource-rules.ts';
import { sizingProblems } from './resource-rules.ts';
import { STACK_DEFAULTS } from './stack.ts';

const fine: Sizing = {
  cpu: 1,
  memoryMib: 512,
  minInstances: 0,
  maxInstances: 3,
  concurrency: 80,
  timeoutSeconds: 300,
};

describe('what Cloud Run takes', () => {
  it.each<[string, Partial<Sizing>]>([
    ['the defaults', {}],
    ['a fraction that serves one request at a time', { cpu: 0.5, concurrency: 1 }],
    ['4 CPU with 2 GiB', { cpu: 4, memoryMib: 2_048 }],
    ['8 CPU with 32 GiB', { cpu: 8, memoryMib: 32_768 }],
    ['a whole hour', { timeoutSeconds: 3_600 }],
    ['as many warm as may run', { minInstances: 3 }],
  ])('%s', (_what, change) => {
    expect(sizingProblems({ ...fine, ...change })).toEqual([]);
  });

  it.each(Object.entries(STACK_DEFAULTS))('the defaults of %s', (_id, defaults) => {
    expect(sizingProblems(defaults)).toEqual([]);
  });
});

describe('what it refuses, at the field that has to change', () => {
  it.each<[string, Partial<Sizing>, keyof Sizing]>([
    ['3 CPU', { cpu: 3 }, 'cpu'],
    ['no CPU', { cpu: 0 }, 'cpu'],
    ['a CPU that is no number', { cpu: NaN }, 'cpu'],
    ['a fraction with concurrency', { cpu: 0.5 }, 'concurrency'],
    ['4 CPU with 1 GiB', { cpu: 4, memoryMib: 1_024 }, 'memoryMib'],
    ['8 CPU with 2 GiB', { cpu: 8, memoryMib: 2_048 }, 'memoryMib'],
    ['1 CPU with 8 GiB', { memoryMib: 8_192 }, 'memoryMib'],
    ['64 MiB', { memoryMib: 64 }, 'memoryMib'],
    ['half a MiB', { memoryMib: 512.5 }, 'memoryMib'],
    ['a negative minimum', { minInstances: -1 }, 'minInstances'],
    ['more warm than may run', { minInstances: 4 }, 'minInstances'],
    ['no instance at most', { maxInstances: 0 }, 'maxInstances'],
    ['no concurrency', { concurrency: 0 }, 'concurrency'],
    ['1001 at once', { concurrency: 1_001 }, 'concurrency'],
    ['more than an hour', { timeoutSeconds: 3_601 }, 'timeoutSeconds'],
    ['no time', { timeoutSeconds: 0 }, 'timeoutSeconds'],
  ])('%s', (_what, change, field) => {
    expect(sizingProblems({ ...fine, ...change }).map((problem) => problem.field)).toContain(field);
  });
});
