import { describe, expect, it } from 'vitest';
import { cancelMeaning } from './cancel-meaning.ts';
import type { Operation, StageId } from './operation.ts';
import { freshStages, STAGE_ORDER } from './operation.ts';

function operationIn(stage: StageId | null, change: Partial<Operation> = {}): Operation {
  const at = stage === null ? -1 : STAGE_ORDER.indexOf(stage);
  return {
    id: 'a',
    kind: 'deploy',
    target: 'local',
    service: 'gateway',
    title: 'Deploy gateway',
    state: 'running',
    stages: freshStages('deploy').map((one, index) =>
      index <= at ? { ...one, startedAt: 1, state: index < at ? 'done' : 'running' } : one,
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
    ...change,
  };
}

describe('what a cancel means', () => {
  it.each([
    [null, true, 'Take off the queue', 'leaves everything as it is'],
    ['package', true, 'Stop', 'nothing was sent'],
    ['upload', true, 'Stop the upload', 'Nothing was asked of the service'],
    ['build', true, 'Stop the build', 'ends the build'],
    ['push', true, 'Stop the build', 'ends the build'],
    ['revision', true, 'Stop before traffic', 'gets no traffic'],
    ['ready', true, 'Stop before traffic', 'follows it again'],
    ['traffic', false, 'Cancel', 'roll back instead'],
    ['verify', false, 'Cancel', 'roll back instead'],
  ] as const)('in %s is defined', (stage, possible, label, text) => {
    const meaning = cancelMeaning(operationIn(stage));
    expect(meaning).toMatchObject({ possible, label });
    expect(meaning.text).toContain(text);
  });

  it('is nothing for a first revision: it gets its traffic by itself', () => {
    const meaning = cancelMeaning(operationIn('ready', { committed: true }));
    expect(meaning.possible).toBe(false);
    expect(meaning.text).toContain('deploy another one instead');
  });

  it('is not offered twice', () => {
    expect(cancelMeaning(operationIn('build', { state: 'cancelling' })).possible).toBe(false);
  });
});
