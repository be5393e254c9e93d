import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../shared/domain/operation.ts';
import { queuedOperation } from '../../testing/operation-fixture.ts';
import { usualDuration } from './usual-duration.ts';

const took = (elapsedMs: number, change: Partial<Operation> = {}): Operation => ({
  ...queuedOperation(String(elapsedMs)),
  result: {
    revision: 'r',
    previousRevision: null,
    verifiedAnswers: 20,
    wantedAnswers: 20,
    elapsedMs,
  },
  ...change,
});

describe('how long a deploy usually takes', () => {
  it.each([
    ['no history', [], null],
    ['one success', [took(10)], null],
    ['two', [took(30), took(10)], { low: 10, high: 30 }],
    [
      'failures and other services do not count',
      [took(9), queuedOperation('f'), took(1, { service: 'gateway' })],
      null,
    ],
    ['rollbacks do not count', [took(9), took(1, { kind: 'roll_back' })], null],
    [
      'outliers of ten',
      [500, 40, 41, 42, 43, 44, 45, 46, 47, 1].map((ms) => took(ms)),
      { low: 41, high: 46 },
    ],
  ])('%s', (_what, history, range) => {
    expect(usualDuration(history, 'deploy', 'backend')).toEqual(range);
  });
});
