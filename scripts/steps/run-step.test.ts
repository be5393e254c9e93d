import { describe, expect, it } from 'vitest';
import { countsIn, totalOf } from './run-step.ts';

describe('countsIn', () => {
  it.each([
    ['12 passed, 0 failed', { passed: 12, failed: 0 }],
    ['  0 passed, 3 failed ', { passed: 0, failed: 3 }],
    ['unit: 12 passed, 0 failed', undefined],
    ['12 passed, 0 failed (3 s)', undefined],
    ['', undefined],
  ])('%j', (line, counts) => {
    expect(countsIn(line)).toEqual(counts);
  });
});

describe('totalOf', () => {
  it('adds the runners up', () => {
    const step = { title: '', status: 0, seconds: 1 };
    const results = [
      { ...step, counts: { passed: 2, failed: 1 } },
      { ...step, counts: { passed: 3, failed: 0 } },
    ];
    expect(totalOf(results)).toEqual({ passed: 5, failed: 1 });
    expect(totalOf([])).toEqual({ passed: 0, failed: 0 });
  });
});
