import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../shared/domain/operation.ts';
import { freshStages } from '../../../shared/domain/operation.ts';
import { operationStatus } from '../../ui/tone-of.ts';
import { elapsedMs, operationToFollow, undoRevision, verificationOf } from './operation-view.ts';

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

  it('is not offered for a revision that nobody is served by, and it proves nothing', () => {
    const made = result('gateway-00043', 'gateway-00042');
    if (made === null) throw new Error('It has a result.');
    const waiting = operation('2', { result: { ...made, notServing: true } });
    expect(undoRevision(waiting, [waiting])).toBeNull();
    expect(verificationOf([waiting], 'gateway-00043')).toBeNull();
    expect(operationStatus(waiting)).toEqual({ tone: 'warn', word: 'Not serving' });
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
