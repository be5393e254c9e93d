import { describe, expect, it } from 'vitest';
import type { FakeCore } from '../../testing/fake-core.ts';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import { deploy } from './deploy.ts';
import { planDeploy } from './plan-deploy.ts';
import { rollBack } from './roll-back.ts';

const first = { service: 'backend', build: true, env: {} };
const next = { ...first, env: { MODE: 'x' } };
const back = { service: 'backend', revision: 'backend-00001-mem', reason: '' };

/** Deployed twice, then rolled back to the first: pinned there. */
async function pinned(): Promise<FakeCore> {
  const fake = fakeCore();
  for (const input of [first, next]) {
    await endOf(fake.core, (await deploy(fake.core, input)).operationId);
  }
  await endOf(fake.core, (await rollBack(fake.core, back)).operationId);
  return fake;
}

describe('a deploy to a pinned service', () => {
  it('is asked about before it is done', async () => {
    const { core, provider } = await pinned();
    const plan = await planDeploy(core, next);
    expect(plan.pin).toEqual({ revision: 'backend-00001-mem', latest: 'backend-00002-mem' });
    expect(plan.consequence).toBe(
      'backend is pinned to backend-00001-mem. Choose whether it stays so.',
    );
    await expect(deploy(core, next)).rejects.toMatchObject({ code: 'SERVICE_PINNED' });
    expect(await provider.listRevisions('backend')).toHaveLength(2);
  });

  it('that keeps the pin ends as created, not serving: never like one that serves', async () => {
    const { core, provider, probe } = await pinned();
    const plan = await planDeploy(core, { ...next, pinned: 'keep' });
    expect(plan.rows.find(({ field }) => field === 'new revision')?.next).toBe('0 %');
    expect(plan.gcloud).toContain('--no-traffic');
    const asked = probe.requests.length;
    const { operationId } = await deploy(core, { ...next, pinned: 'keep', etag: plan.etag });
    const operation = await endOf(core, operationId);
    expect(operation.result).toMatchObject({
      revision: 'backend-00003-mem',
      previousRevision: 'backend-00001-mem',
      notServing: true,
      verifiedAnswers: 0,
    });
    const states = operation.stages.slice(-3).map(({ id, state }) => `${id} ${state}`);
    expect(states).toEqual(['ready done', 'traffic skipped', 'verify skipped']);
    expect(operation.log.at(-1)?.line).toContain('created and not serving');
    expect(probe.requests.length).toBe(asked);
    const { serving, traffic } = await provider.getService('backend');
    expect(serving.shares).toMatchObject([{ revision: 'backend-00001-mem', percent: 100 }]);
    expect(traffic.followsLatest).toBe(false);
  });

  it('that resumes latest serves and is verified', async () => {
    const { core, provider } = await pinned();
    const plan = await planDeploy(core, { ...next, pinned: 'resume' });
    expect(plan.rows.find(({ field }) => field === 'new revision')?.next).toBe('100 %');
    expect(plan.gcloud).toContain('--to-latest');
    const { operationId } = await deploy(core, { ...next, pinned: 'resume' });
    const { result } = await endOf(core, operationId);
    expect(result).toMatchObject({ revision: 'backend-00003-mem', verifiedAnswers: 20 });
    expect(result?.notServing).toBeUndefined();
    expect((await provider.getService('backend')).traffic.followsLatest).toBe(true);
  });

  it('that waited behind a rollback does not undo what the human did', async () => {
    const { core, provider } = fakeCore();
    for (const input of [first, next]) await endOf(core, (await deploy(core, input)).operationId);
    const rolledBack = await rollBack(core, back);
    const waiting = await deploy(core, next);
    await endOf(core, rolledBack.operationId);
    const operation = await endOf(core, waiting.operationId);
    expect(operation.result?.notServing).toBe(true);
    const { serving } = await provider.getService('backend');
    expect(serving.shares).toMatchObject([{ revision: 'backend-00001-mem', percent: 100 }]);
  });
});
