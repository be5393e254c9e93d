import { describe, expect, it } from 'vitest';
import {
  canaryRig,
  evaluations,
  logOf,
  SETTINGS,
  started,
  until,
} from '../../testing/canary-rig.ts';
import type { FakeCoreOptions } from '../../testing/fake-core.ts';
import { endOf } from '../../testing/fake-core.ts';
import type { Core } from '../core.ts';
import { deploy } from '../deployments/deploy.ts';
import { rollBack } from '../deployments/roll-back.ts';
import { setTraffic } from '../deployments/set-traffic.ts';
import { resumeOperations } from '../operations/resume-operations.ts';
import { abortCanary, holdCanary, promoteCanary, resumeHeldCanary } from './command-canary.ts';

describe('a canary', () => {
  it('walks up its steps while every gate passes, and is verified at 100 %', async () => {
    const fake = await canaryRig(() => ({}));
    const operation = await endOf(fake.core, await started(fake.core));
    expect(operation.state).toBe('succeeded');
    expect(operation.result).toMatchObject({ verifiedAnswers: 20 });
    expect(operation.canary?.end).toMatchObject({ kind: 'promoted', by: 'console' });
    expect(logOf(operation).match(/gets \d+ %/g)).toEqual([
      'gets 5 %',
      'gets 25 %',
      'gets 50 %',
      'gets 100 %',
    ]);
    expect((await fake.provider.getService('gateway')).traffic.followsLatest).toBe(true);
  });

  it('goes back to 0 % within two evaluations at 5 % errors, and does not start again', async () => {
    const fake = await canaryRig((isCanary) => ({
      requests: 200,
      serverErrors: isCanary ? 10 : 0,
    }));
    const operation = await endOf(fake.core, await started(fake.core));
    expect(operation).toMatchObject({ state: 'failed', error: { code: 'CANARY_ABORTED' } });
    expect(operation.error?.message).toContain('errors are 5.00 % against 0.00 %');
    expect(evaluations(operation)).toBeLessThanOrEqual(2);
    expect(operation.stages.at(-1)).toMatchObject({ id: 'verify', state: 'done' });
    expect(await fake.weights()).toBe(0);
    await resumeOperations(fake.core);
    expect(await fake.weights()).toBe(0);
  });

  it('holds a silent canary as long as it is silent, and goes on when data come', async () => {
    let silent = true;
    const fake = await canaryRig((isCanary) =>
      isCanary && silent ? { requests: 0, counts: [] } : {},
    );
    const id = await started(fake.core);
    const held = await until(fake.core, id, (operation) => evaluations(operation) > 20);
    expect(held.canary).toMatchObject({ weightSet: 5, hold: { by: 'console' } });
    expect(held.canary?.hold?.reason).toBe('no request reached the canary');
    silent = false;
    expect(await endOf(fake.core, id)).toMatchObject({ state: 'succeeded' });
  });

  it('moves nothing while a human holds it, and goes on when a human resumes', async () => {
    let bad = false;
    const fake = await canaryRig((isCanary) => ({ serverErrors: isCanary && bad ? 100 : 0 }));
    const id = await started(fake.core);
    await until(fake.core, id, ({ canary }) => canary?.weightSet === 5);
    holdCanary(fake.core, { id, reason: 'looking' });
    const before = await until(fake.core, id, ({ canary }) => canary?.hold?.by === 'human');
    bad = true;
    const seen = evaluations(before);
    const held = await until(fake.core, id, (operation) => evaluations(operation) > seen + 3);
    expect(held.canary).toMatchObject({ weightSet: 5, moving: null, hold: { by: 'human' } });
    resumeHeldCanary(fake.core, { id });
    expect(await endOf(fake.core, id)).toMatchObject({ error: { code: 'CANARY_ABORTED' } });
  });

  it.each([
    ['promoted', promoteCanary, 'succeeded', 100],
    ['aborted', abortCanary, 'cancelled', 0],
  ] as const)('is %s at once when a human says so', async (kind, command, state, weight) => {
    const fake = await canaryRig(() => ({ requests: 0, counts: [] }));
    const id = await started(fake.core);
    await until(fake.core, id, ({ canary }) => canary?.weightSet === 5);
    command(fake.core, { id, reason: 'decided' });
    const operation = await endOf(fake.core, id);
    expect(operation).toMatchObject({ state, canary: { end: { kind, by: 'human' } } });
    expect(await fake.weights()).toBe(weight);
    expect(() => command(fake.core, { id, reason: '' })).toThrow(/has ended/);
  });

  it.each([
    [
      'a rollback',
      (core: Core, service: string, stable: string) =>
        rollBack(core, { service, revision: stable, reason: '' }),
    ],
    [
      'a split by hand',
      (core: Core, service: string, stable: string) =>
        setTraffic(core, {
          service,
          reason: '',
          shares: [{ revision: stable, percent: 100, tag: null }],
        }),
    ],
  ])('lets go when a human moves the traffic by %s', async (_, move) => {
    const fake = await canaryRig(() => ({ requests: 0, counts: [] }));
    const id = await started(fake.core);
    const running = await until(fake.core, id, ({ canary }) => canary?.weightSet === 5);
    const stable = running.canary?.stable ?? '';
    const { operationId } = await move(fake.core, 'gateway', stable);
    expect(await endOf(fake.core, operationId)).toMatchObject({ state: 'succeeded' });
    expect(await endOf(fake.core, id)).toMatchObject({
      state: 'cancelled',
      canary: { end: { kind: 'superseded' } },
    });
    expect(await fake.weights()).toBe(0);
  });

  it('lets go when somebody moved the traffic past the console', async () => {
    const fake = await canaryRig(() => ({ requests: 0, counts: [] }));
    const id = await started(fake.core);
    const running = await until(fake.core, id, ({ canary }) => canary?.weightSet === 5);
    const shares = [
      { revision: running.canary?.stable ?? '', percent: 40, tag: null },
      { revision: running.canary?.revision ?? '', percent: 60, tag: null },
    ];
    await fake.provider.setTraffic('gateway', { kind: 'split', shares });
    const operation = await endOf(fake.core, id);
    expect(operation.canary?.end).toMatchObject({ kind: 'superseded' });
    expect(await fake.weights()).toBe(60);
  });

  it('refuses a deploy and a second canary meanwhile', async () => {
    const fake = await canaryRig(() => ({ requests: 0, counts: [] }));
    const id = await started(fake.core);
    await expect(started(fake.core)).rejects.toMatchObject({ code: 'ROLLOUT_IN_PROGRESS' });
    await expect(
      deploy(fake.core, { service: 'gateway', build: true, env: {} }),
    ).rejects.toMatchObject({ code: 'ROLLOUT_IN_PROGRESS' });
    await until(fake.core, id, ({ canary }) => canary?.weightSet === 5);
    abortCanary(fake.core, { id, reason: '' });
    await endOf(fake.core, id);
  });

  it('holds while the platform is away, and takes no step that was not judged anew', async () => {
    const fake = await canaryRig(() => ({}));
    const id = await started(fake.core, { ...SETTINGS, dwellSeconds: 100 });
    await until(fake.core, id, (operation) => evaluations(operation) > 1);
    fake.provider.becomeUnreachable('the local cloud is gone');
    const held = await until(fake.core, id, ({ canary }) => canary?.hold !== null);
    expect(held.canary).toMatchObject({ weightSet: 5, moving: null, hold: { by: 'console' } });
    fake.provider.becomeUnreachable(null);
    expect(await endOf(fake.core, id)).toMatchObject({ state: 'succeeded' });
  });

  it('sends no more probes than its budget, and none without one', async () => {
    const fake = await canaryRig(() => ({ requests: 0, counts: [] }));
    const probes = { perSecond: 5, budget: 7 };
    const id = await started(fake.core, { ...SETTINGS, probes });
    const held = await until(fake.core, id, (operation) => evaluations(operation) > 4);
    expect(held.canary?.probesSent).toBe(7);
    const sent = fake.probe.requests.filter(
      ({ headers }) => headers?.['x-api-key'] === 'sample-key',
    );
    const toStack = sent.filter(({ url }) => !url.endsWith('/rollout/verdict'));
    expect(toStack).toHaveLength(7);
    abortCanary(fake.core, { id, reason: '' });
    await endOf(fake.core, id);
  });

  it.each([
    [{ ...SETTINGS, steps: [5, 50] }, 'INVALID_INPUT'],
    [{ ...SETTINGS, minSamples: 1 }, 'INVALID_INPUT'],
  ])('refuses settings that cannot work', async (settings, code) => {
    const fake = await canaryRig(() => ({}));
    await expect(started(fake.core, settings)).rejects.toMatchObject({ code });
  });
});

describe('the verdict', () => {
  /** The gateway answers the verdict's route with this; everything else is answered as usual. */
  const answering = (status: number, body: string): FakeCoreOptions => ({
    answers: ({ url }) =>
      url.endsWith('/rollout/verdict')
        ? { status, elapsedMs: 1, revision: null, body, error: null }
        : null,
  });

  it.each([
    ['a good one from the backend', 200, '{"verdict":"promote","reasons":[]}', 'backend'],
    ['none, so the console judges', 500, 'oops', 'console'],
    ['nonsense, so the console judges', 200, '{"verdict":"yes"}', 'console'],
    ['half an answer, so the console judges', 200, '{"verd', 'console'],
  ])('%s', async (_, status, body, judgedBy) => {
    const fake = await canaryRig(() => ({}), answering(status, body));
    const operation = await endOf(fake.core, await started(fake.core));
    expect(operation.canary?.evaluations.at(-1)).toMatchObject({ judgedBy, verdict: 'pass' });
  });

  it('of a backend that warns stops the canary', async () => {
    const warning = '{"verdict":"rollback","reasons":["p50 is 40 % above"]}';
    const fake = await canaryRig(() => ({}), answering(200, warning));
    const operation = await endOf(fake.core, await started(fake.core));
    expect(operation.error?.message).toContain('p50 is 40 % above');
  });

  it('of a backend that fails never promotes what is silent', async () => {
    const fake = await canaryRig(() => ({ requests: 0, counts: [] }), answering(500, ''));
    const id = await started(fake.core);
    const held = await until(fake.core, id, (operation) => evaluations(operation) > 5);
    expect(held.canary).toMatchObject({ weightSet: 5, hold: { by: 'console' } });
    abortCanary(fake.core, { id, reason: '' });
    await endOf(fake.core, id);
  });
});
