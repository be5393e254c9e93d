import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../shared/domain/operation.ts';
import { queuedOperation } from '../../testing/operation-fixture.ts';
import { stageEnded, stageSkipped, stageStarted } from './operation-edits.ts';
import { usualDuration, usualStages } from './usual-duration.ts';

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

const ALIKE = { kind: 'deploy', target: 'local', service: 'backend' } as const;

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
    ['another target does not count', [took(9), took(1, { target: 'prod' })], null],
    [
      'one that a restart interrupted does not count',
      [took(9), took(1, { restarted: true })],
      null,
    ],
    ['rollbacks do not count', [took(9), took(1, { kind: 'roll_back' })], null],
    [
      'outliers of ten',
      [500, 40, 41, 42, 43, 44, 45, 46, 47, 1].map((ms) => took(ms)),
      { low: 41, high: 46 },
    ],
  ])('%s', (_what, history, range) => {
    expect(usualDuration(history, ALIKE)).toEqual(range);
  });
});

describe('how long a stage usually takes', () => {
  const built = (ms: number): Operation => {
    const begun = stageStarted(stageSkipped(took(ms), 'upload', 'not needed'), 'build', 100);
    return stageEnded(begun, 'build', { state: 'done', at: 100 + ms });
  };

  it('is the range of those that were done; one that was skipped says nothing', () => {
    const usual = usualStages([built(30), built(10), took(99)], ALIKE);
    expect(usual.get('build')).toEqual({ low: 10, high: 30 });
    expect(usual.get('upload')).toBeNull();
  });

  it('is not known before there are two', () => {
    expect(usualStages([built(30)], ALIKE).get('build')).toBeNull();
    expect(usualStages([], ALIKE).size).toBe(0);
  });
});
