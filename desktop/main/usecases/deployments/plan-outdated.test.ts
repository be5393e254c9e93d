import { describe, expect, it } from 'vitest';
import type { FakeCore } from '../../testing/fake-core.ts';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import { deploy } from './deploy.ts';
import { planDeploy } from './plan-deploy.ts';
import { planRollBack } from './plan-roll-back.ts';
import { planResumeLatest } from './plan-traffic.ts';
import { resumeLatest } from './resume-latest.ts';
import { rollBack } from './roll-back.ts';

const keep = { service: 'backend', build: false, env: {} };

/** Two revisions, the second serves. */
async function deployedTwice(): Promise<FakeCore & { readonly writes: string[] }> {
  const writes: string[] = [];
  const fake = fakeCore({ onWrite: (call) => writes.push(call) });
  await endOf(fake.core, (await deploy(fake.core, { ...keep, build: true })).operationId);
  await endOf(fake.core, (await deploy(fake.core, keep)).operationId);
  writes.length = 0;
  return { ...fake, writes };
}

const someoneElse = ({ provider }: FakeCore): Promise<unknown> =>
  provider.setScaling('backend', { min: 1, max: null, manual: null });

const back = { service: 'backend', revision: 'backend-00001-mem', reason: '' };

describe('a plan that was confirmed', () => {
  it('is carried out while the service is what it was read from', async () => {
    const { core } = await deployedTwice();
    const { etag } = await planDeploy(core, keep);
    const { operationId } = await deploy(core, { ...keep, etag });
    expect((await endOf(core, operationId)).state).toBe('succeeded');
  });

  it('is carried out for a service that still does not exist', async () => {
    const { core } = fakeCore();
    const { etag } = await planDeploy(core, { ...keep, build: true });
    expect(etag).toBe('');
    const { operationId } = await deploy(core, { ...keep, build: true, etag });
    expect((await endOf(core, operationId)).state).toBe('succeeded');
    const again = deploy(core, { ...keep, etag });
    await expect(again).rejects.toMatchObject({ code: 'PLAN_OUTDATED' });
  });

  it('is refused for a service that changed meanwhile, and nothing is written', async () => {
    const fake = await deployedTwice();
    const { core, writes } = fake;
    const [deploys, backs] = [await planDeploy(core, keep), await planRollBack(core, back)];
    await someoneElse(fake);
    writes.length = 0;
    const outdated = { code: 'PLAN_OUTDATED' };
    await expect(deploy(core, { ...keep, etag: deploys.etag })).rejects.toMatchObject(outdated);
    await expect(rollBack(core, { ...back, etag: backs.etag })).rejects.toMatchObject(outdated);
    expect(writes).toEqual([]);
    expect(core.memory.operations.value.every(({ state }) => state === 'succeeded')).toBe(true);
    // The plan that is made anew stands on the new version, with the same edits.
    const rebased = await planDeploy(core, { ...keep, env: { MODE: 'x' } });
    expect(rebased.etag).not.toBe(deploys.etag);
    expect(rebased.rows.find(({ field }) => field === 'MODE')?.next).toBe('x');
  });

  it('is refused for Resume latest too', async () => {
    const fake = await deployedTwice();
    await endOf(fake.core, (await rollBack(fake.core, back)).operationId);
    const plan = await planResumeLatest(fake.core, keep);
    expect(plan.rows.map(({ field, next }) => [field, next])).toEqual([
      ['backend-00002-mem', '100 %'],
      ['backend-00001-mem', null],
      ['Later revisions', 'get all traffic when ready'],
    ]);
    await someoneElse(fake);
    const resume = resumeLatest(fake.core, { service: 'backend', etag: plan.etag });
    await expect(resume).rejects.toMatchObject({ code: 'PLAN_OUTDATED' });
  });
});
