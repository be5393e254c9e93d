import { describe, expect, it } from 'vitest';
import type { Operation, StageState } from '../../../shared/domain/operation.ts';
import { freshStages } from '../../../shared/domain/operation.ts';
import {
  cancelMeaning,
  elapsedMs,
  operationToFollow,
  undoRevision,
  verificationOf,
} from './operation-view.ts';

function operation(id: string, part: Partial<Operation> = {}): Operation {
  return {
    id,
    kind: 'deploy',
    target: 'local',
    service: 'gateway',
    title: 'Deploy gateway',
    state: 'succeeded',
    stages: freshStages('deploy'),
    committed: false,
    createdAt: Number(id),
    startedAt: null,
    endedAt: null,
    usualMs: null,
    error: null,
    result: null,
    canary: null,
    release: null,
    upstream: null,
    log: [],
    ...part,
  };
}

const result = (revision: string, previousRevision: string | null): Operation['result'] => ({
  revision,
  previousRevision,
  verifiedAnswers: 20,
  wantedAnswers: 20,
  elapsedMs: 410,
});

describe('the operation a panel follows', () => {
  it('is the oldest unfinished one of the service, else its newest', () => {
    const queued = operation('4', { state: 'queued' });
    const running = operation('3', { state: 'running' });
    const done = operation('2');
    const other = operation('5', { service: 'backend', state: 'running' });
    expect(operationToFollow([other, queued, running, done], 'gateway')?.id).toBe('3');
    expect(operationToFollow([operation('1'), done], 'gateway')?.id).toBe('2');
    expect(operationToFollow([other], 'gateway')).toBeNull();
  });

  it('counts from the start, to the end when there is one', () => {
    expect(elapsedMs({ startedAt: null, endedAt: null }, 900)).toBeNull();
    expect(elapsedMs({ startedAt: 100, endedAt: null }, 900)).toBe(800);
    expect(elapsedMs({ startedAt: 100, endedAt: 400 }, 900)).toBe(300);
    // The clock of the page may lag behind main's.
    expect(elapsedMs({ startedAt: 1000, endedAt: null }, 900)).toBe(0);
  });
});

describe('cancel', () => {
  const withTraffic = (state: StageState): Operation =>
    operation('1', {
      state: 'running',
      stages: freshStages('deploy').map((stage) =>
        stage.id === 'traffic' ? { ...stage, state } : stage,
      ),
    });

  it.each([
    ['pending', true],
    ['running', false],
    ['done', false],
    ['failed', false],
  ] as const)('with traffic %s is possible: %s', (state, possible) => {
    expect(cancelMeaning(withTraffic(state)).possible).toBe(possible);
  });

  it.each([
    ['build', 'Cancel stops the work; the serving revision stays.'],
    [
      'ready',
      'Cancel stops waiting. The platform may still finish starting it; traffic is not moved.',
    ],
  ] as const)('in the stage %s says what it does', (id, text) => {
    const stages = freshStages('deploy').map((stage) =>
      stage.id === id ? { ...stage, state: 'running' as const } : stage,
    );
    expect(cancelMeaning(operation('1', { state: 'running', stages }))).toEqual({
      possible: true,
      text,
    });
  });

  it('is not offered twice', () => {
    expect(cancelMeaning(operation('1', { state: 'cancelling' })).possible).toBe(false);
  });
});

describe('undo', () => {
  const done = operation('2', { result: result('gateway-00043', 'gateway-00042') });

  it('goes back to the previous revision', () => {
    expect(undoRevision(done, [done])).toBe('gateway-00042');
  });

  it.each([
    ['a later change succeeded', operation('3')],
    ['a later change runs', operation('3', { state: 'running' })],
  ])('is not offered when %s', (_what, later) => {
    expect(undoRevision(done, [later, done])).toBeNull();
  });

  it('survives a later change that failed or was of the other service', () => {
    const harmless = [
      operation('3', { state: 'failed' }),
      operation('4', { service: 'backend', state: 'succeeded' }),
    ];
    expect(undoRevision(done, [...harmless, done])).toBe('gateway-00042');
  });

  it('needs a finished operation with a revision before it', () => {
    expect(undoRevision(operation('2', { state: 'failed' }), [])).toBeNull();
    expect(undoRevision(operation('2', { result: result('gateway-00001', null) }), [])).toBeNull();
  });
});

describe('the verification of a revision', () => {
  it('is the newest successful operation that ended on it', () => {
    const older = operation('1', { result: { ...result('a', null), elapsedMs: 1 } as never });
    const newer = operation('2', { result: result('a', null) });
    const failed = operation('3', { state: 'failed', result: result('b', 'a') });
    expect(verificationOf([older, failed, newer], 'a')?.elapsedMs).toBe(410);
    expect(verificationOf([older, failed, newer], 'b')).toBeNull();
  });
});
