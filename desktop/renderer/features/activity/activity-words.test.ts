import { describe, expect, it } from 'vitest';
import { contract } from '../../../shared/contract/index.ts';
import type { ProcedureMeta } from '../../../shared/contract/procedure.ts';
import { freshStages } from '../../../shared/domain/operation.ts';
import type { Operation } from '../../../shared/domain/operation.ts';
import { actionWords, operationResult, outcomeStatus } from './activity-words.ts';

/** What every procedure of the contract carries beside its shape. */
interface AnyProcedure {
  readonly '~orpc': { readonly meta: ProcedureMeta };
}

/** Names of all procedures that leave an audit entry. */
function mutatingNames(): string[] {
  return Object.entries(contract).flatMap(([group, procedures]) =>
    Object.entries<AnyProcedure>(procedures)
      .filter(([, procedure]) => procedure['~orpc'].meta.mutating)
      .map(([name]) => `${group}.${name}`),
  );
}

describe('the words of the audit', () => {
  it.each(mutatingNames())('has words for %s', (name) => {
    expect(actionWords(name)).not.toBe(name);
  });

  it.each([
    ['deploy.finished', 'Deploy ended'],
    // The kind of every operation that only moves traffic, resuming the latest too.
    ['rollBack.finished', 'Traffic move ended'],
  ])('says of %s: %s', (action, words) => {
    expect(actionWords(action)).toBe(words);
  });

  it.each([
    'deployments.deploy',
    'deployments.rollBack',
    'deployments.resumeLatest',
    'stack.ensure',
  ])('says of %s that it started, because its end is another matter', (action) => {
    expect(outcomeStatus({ action, outcome: 'ok' })).toEqual({ tone: 'idle', word: 'Started' });
    expect(outcomeStatus({ action, outcome: 'refused' }).word).toBe('Refused');
    expect(outcomeStatus({ action, outcome: 'failed' }).word).toBe('Failed');
  });

  it.each(['keys.revoke', 'deploy.finished'])('says of %s that it is done', (action) => {
    expect(outcomeStatus({ action, outcome: 'ok' })).toEqual({ tone: 'ok', word: 'Done' });
  });

  it('keeps a name that it does not know', () => {
    expect(actionWords('toString')).toBe('toString');
  });
});

describe('the result of an operation', () => {
  const running: Operation = {
    id: '1',
    kind: 'deploy',
    target: 'local',
    service: 'gateway',
    title: 'Deploy gateway',
    state: 'running',
    stages: freshStages('deploy').map((stage) =>
      stage.id === 'build' ? { ...stage, state: 'running', detail: 'layer 2 of 4' } : stage,
    ),
    committed: false,
    createdAt: 1,
    startedAt: 1,
    endedAt: null,
    usualMs: null,
    error: null,
    result: null,
    canary: null,
    release: null,
    upstream: null,
    log: [],
  };

  it('says where it stands', () => {
    expect(operationResult(running)).toBe('Build: layer 2 of 4');
    expect(operationResult({ ...running, stages: freshStages('deploy') })).toBe(
      'Waiting for its turn',
    );
  });

  it('says what was proven, or the cause with the next step', () => {
    const result = {
      revision: 'gateway-00043',
      previousRevision: null,
      verifiedAnswers: 20,
      wantedAnswers: 20,
      elapsedMs: 400,
    };
    expect(operationResult({ ...running, state: 'succeeded', result })).toBe(
      'gateway-00043, verified 20 of 20',
    );
    const error = { code: 'BUILD_FAILED', message: 'The build failed.', nextStep: 'Read the log.' };
    expect(operationResult({ ...running, state: 'failed', error })).toBe(
      'The build failed. Read the log.',
    );
  });
});
