import { describe, expect, it } from 'vitest';
import { LOCAL_TARGET } from '../../../shared/domain/target.ts';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import { deploy } from './deploy.ts';
import { accessQuestion, defaultAccess } from './first-access.ts';
import { planDeploy } from './plan-deploy.ts';

const first = { service: 'backend', build: true, env: {} };

describe('who may call a new service', () => {
  it('is asked, with what the stack is made for as the suggestion', () => {
    const { provider } = fakeCore();
    const asked = (id: 'gateway' | 'backend', target: string): unknown =>
      accessQuestion(provider, { id, target, service: null });
    expect(asked('gateway', 'shop')).toEqual({ suggested: true });
    expect(asked('backend', 'shop')).toEqual({ suggested: false });
    // Nobody on this machine has an identity that a closed service could ask for.
    expect(asked('backend', LOCAL_TARGET.id)).toEqual({ suggested: true });
  });

  it('is not asked where the platform can not open a service', () => {
    const { provider } = fakeCore();
    const capabilities = (): ReturnType<typeof provider.capabilities> => ({
      ...provider.capabilities(),
      publicAccess: false,
    });
    const closed = Object.create(provider, { capabilities: { value: capabilities } }) as never;
    expect(accessQuestion(closed, { id: 'gateway', target: 'shop', service: null })).toBeNull();
  });

  it('opens nothing by itself anywhere but on this machine', () => {
    const of = (target: string): unknown => defaultAccess({ id: 'gateway', target, service: null });
    expect(of('shop')).toEqual({});
    expect(of(LOCAL_TARGET.id)).toEqual({ public: true });
  });

  it('stands in the plan of the first deploy, answered or not, and only there', async () => {
    const { core, provider } = fakeCore();
    const row = async (settings?: { public: boolean }): Promise<unknown> => {
      const plan = await planDeploy(core, settings === undefined ? first : { ...first, settings });
      expect(plan.access).toEqual({ suggested: true });
      return plan.rows.find(({ field }) => field === 'Public access');
    };
    expect(await row()).toMatchObject({ next: 'anyone', change: 'new', impact: 'service' });
    expect(await row({ public: false })).toMatchObject({ next: 'callers with the invoker role' });
    const { operationId } = await deploy(core, { ...first, settings: { public: true } });
    await endOf(core, operationId);
    expect((await provider.getService('backend')).public).toBe(true);
    expect((await planDeploy(core, first)).access).toBeNull();
  });
});
