import { STACK_DEFAULTS } from '../../../shared/domain/stack.ts';
import { describe, expect, it } from 'vitest';
import type { DeployInput } from '../../../shared/contract/deployments.ts';
import type { Core } from '../core.ts';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import { deploy } from './deploy.ts';
import { rollBack } from './roll-back.ts';

const first: DeployInput = { service: 'backend', build: true, env: {} };

async function deployed(core: Core, input = first): Promise<string> {
  const operation = await endOf(core, (await deploy(core, input)).operationId);
  expect(operation.error).toBeNull();
  return operation.result?.revision ?? '';
}

describe('deploy', () => {
  it('goes through every stage and ends when the public address proves it', async () => {
    const { core } = fakeCore();
    const { operationId } = await deploy(core, first);
    const operation = await endOf(core, operationId);
    expect(operation.state).toBe('succeeded');
    expect(operation.stages.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'package done',
      'upload skipped',
      'build done',
      'push skipped',
      'revision done',
      'ready done',
      'traffic done',
      'verify done',
    ]);
    expect(operation.result).toMatchObject({
      revision: 'backend-00001-mem',
      previousRevision: null,
      verifiedAnswers: 20,
    });
  });

  it('is in the journal before the platform is asked for anything', async () => {
    const order: string[] = [];
    const fake = fakeCore({
      onWrite: (call) => order.push(`${call} after ${String(fake.journal.writes.length > 0)}`),
    });
    await deployed(fake.core);
    expect(order).toEqual(['createRevision after true', 'setTraffic after true']);
    const stageAt = (name: string): number =>
      fake.journal.writes.findIndex(({ operation }) =>
        operation.stages.some((stage) => stage.id === name && stage.state === 'running'),
      );
    expect(stageAt('revision')).toBeLessThan(stageAt('traffic'));
    expect(fake.journal.writes.at(-1)).toMatchObject({
      operation: { state: 'succeeded' },
      progress: { revision: 'backend-00001-mem' },
    });
  });

  it('changes nothing when the journal cannot be written', async () => {
    const writes: string[] = [];
    const { core, journal } = fakeCore({ onWrite: (call) => writes.push(call) });
    journal.failWrites(new Error('disk full'));
    await expect(deploy(core, first)).rejects.toThrow('disk full');
    expect(writes).toEqual([]);
  });

  it('says why a revision did not start, with its last log lines, and leaves traffic alone', async () => {
    let broken = false;
    const { core, provider, clock } = fakeCore({
      failure: () => (broken ? 'The start-up probe never passed.' : null),
    });
    const good = await deployed(core);
    broken = true;
    provider.writeLog({
      at: clock.now(),
      revision: 'backend-00002-mem',
      line: 'cannot find model',
    });
    const operation = await endOf(core, (await deploy(core, first)).operationId);
    expect(operation.state).toBe('failed');
    expect(operation.error).toMatchObject({
      code: 'REVISION_NOT_READY',
      message: 'backend-00002-mem did not become ready: The start-up probe never passed.',
    });
    expect(operation.log.map(({ line }) => line)).toContain('cannot find model');
    const service = await provider.getService('backend');
    expect(service.serving.shares).toMatchObject([{ revision: good, percent: 100 }]);
    expect(service.traffic.followsLatest).toBe(true);
  });

  const refuses = { status: 403, elapsedMs: 1, revision: null, body: '', error: null };
  const closed: DeployInput = { ...first, settings: { public: false } };

  it('of a closed service says that nothing could be verified, and that nothing failed', async () => {
    const { core } = fakeCore({ answers: () => refuses });
    const operation = await endOf(core, (await deploy(core, closed)).operationId);
    expect(operation.state).toBe('succeeded');
    expect(operation.result).toMatchObject({ verifiedAnswers: 0, wantedAnswers: 0, closed: true });
    expect(operation.stages.at(-1)).toMatchObject({ id: 'verify', state: 'skipped' });
  });

  it('of a closed service fails when a revision answers that it is refused itself', async () => {
    const { core } = fakeCore({ answers: () => ({ ...refuses, revision: 'backend-00001-mem' }) });
    const operation = await endOf(core, (await deploy(core, closed)).operationId);
    expect(operation.error?.code).toBe('VERIFICATION_FAILED');
  });

  it('of an open service that refuses all the same fails, and says what may be wrong', async () => {
    const { core } = fakeCore({ answers: () => refuses });
    const order = { ...first, settings: { public: true } };
    const operation = await endOf(core, (await deploy(core, order)).operationId);
    expect(operation.error).toMatchObject({
      code: 'VERIFICATION_FAILED',
      nextStep: expect.stringContaining('rule of the organisation') as unknown,
    });
  });

  it('fails when another revision answers at the public address', async () => {
    const { core } = fakeCore({
      answers: () => ({ status: 200, elapsedMs: 1, revision: 'other', body: '', error: null }),
    });
    const operation = await endOf(core, (await deploy(core, first)).operationId);
    expect(operation.error?.code).toBe('VERIFICATION_FAILED');
    expect(operation.error?.message).toContain('other answered instead');
  });

  it('begins to count again after a wrong answer', async () => {
    let asked = 0;
    const { core, probe } = fakeCore({
      answers: () => {
        asked += 1;
        return asked === 11
          ? { status: 502, elapsedMs: 1, revision: null, body: '', error: null }
          : null;
      },
    });
    await deployed(core);
    expect(probe.requests).toHaveLength(31);
  });

  it('takes its template from the serving revision, not from the newest one', async () => {
    const { core, provider } = fakeCore();
    const good = await deployed(core);
    await deployed(core, { ...first, env: { LANES: '9' } });
    await endOf(
      core,
      (await rollBack(core, { service: 'backend', revision: good, reason: '' })).operationId,
    );
    await deployed(core, { ...first, env: { MODE: 'x' }, pinned: 'resume' });
    const [newest] = await provider.listRevisions('backend');
    expect(newest?.template.env).toEqual([
      ...STACK_DEFAULTS.backend.env,
      { name: 'MODE', value: 'x' },
    ]);
    expect((await provider.getService('backend')).traffic.followsLatest).toBe(true);
  });

  it('runs one operation of a service at a time and lets four wait', async () => {
    const { core } = fakeCore({ buildWork: () => new Promise((resolve) => setImmediate(resolve)) });
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.push((await deploy(core, first)).operationId);
    const outcomes = await Promise.allSettled([
      deploy(core, first),
      deploy(core, first),
      deploy(core, first),
    ]);
    expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
    for (const id of ids) expect((await endOf(core, id)).state).toBe('succeeded');
    const ran = core.memory.operations.value.filter(({ id }) => ids.includes(id)).reverse();
    ran.reduce((before, next) => {
      expect(next.startedAt).toBeGreaterThanOrEqual(before.endedAt ?? Infinity);
      return next;
    });
  });
});

describe('a protected target', () => {
  it('asks the operator, and a no changes nothing', async () => {
    const { core, consent } = fakeCore({ mode: 'protected' });
    consent.answer = false;
    await expect(deploy(core, first)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(consent.asked).toMatchObject([{ target: 'local', question: 'Deploy backend?' }]);
    consent.answer = true;
    await deployed(core);
  });
});

describe('rolling back', () => {
  it('moves all traffic without cutting a revision and pins the service', async () => {
    const { core, provider } = fakeCore();
    const good = await deployed(core);
    const bad = await deployed(core);
    const { operationId } = await rollBack(core, {
      service: 'backend',
      revision: good,
      reason: 'slow',
    });
    const operation = await endOf(core, operationId);
    expect(operation.stages.map(({ id }) => id)).toEqual(['traffic', 'verify']);
    expect(operation.result).toMatchObject({ revision: good, previousRevision: bad });
    expect(await provider.listRevisions('backend')).toHaveLength(2);
    expect((await provider.getService('backend')).traffic.followsLatest).toBe(false);
  });

  it.each([
    ['the revision that serves already', 'backend-00001-mem', 'CONFLICT'],
    ['a revision that is not there', 'backend-00009-mem', 'REVISION_NOT_FOUND'],
  ])('refuses %s', async (_what, revision, code) => {
    const { core } = fakeCore();
    await deployed(core);
    const refused = rollBack(core, { service: 'backend', revision, reason: '' });
    await expect(refused).rejects.toMatchObject({ code });
  });
});
