import assert from 'node:assert/strict';
import type { CaseGroup } from './case.ts';
import { promise } from './case.ts';

/** What is found before anything is changed. */
export const preflight: CaseGroup = {
  name: 'a preflight',
  services: 'shared',
  cases: [
    promise('finds nothing that blocks where everything is well', async (rig) => {
      const { service } = await rig.shared();
      const spec = { service, actions: ['deploy'] as const, template: rig.platform.working };
      const found = await rig.provider.preflight(spec);
      assert.deepEqual(
        found.filter(({ severity }) => severity === 'blocks'),
        [],
      );
    }),
    promise('changes nothing', async (rig) => {
      const { service } = await rig.shared();
      const before = [await rig.get(service), await rig.list(service)];
      const actions = ['read', 'deploy', 'public'] as const;
      await rig.provider.preflight({ service, actions, template: rig.withEnv('never cut') });
      assert.deepEqual([await rig.get(service), await rig.list(service)], before);
    }),
    promise('makes no service of the one it was asked about', async (rig) => {
      const service = rig.newService();
      const spec = { service, actions: ['deploy'] as const, template: rig.platform.working };
      await rig.provider.preflight(spec);
      await assert.rejects(rig.get(service), { code: 'SERVICE_NOT_FOUND' });
    }),
    promise('works before there is any service', async (rig) => {
      const found = await rig.provider.preflight({
        service: null,
        actions: ['read'],
        template: null,
      });
      for (const finding of found) assert.notEqual(finding.fix, '');
    }),
    ...['Upper', 'ends-', '9starts', 'x'.repeat(50)].map((service) =>
      promise(`refuses ${service.slice(0, 8)} as a name`, async (rig) => {
        const spec = { service, actions: ['deploy'] as const, template: null };
        const [finding] = await rig.provider.preflight(spec);
        assert.equal(finding?.code, 'SERVICE_NAME_INVALID');
      }),
    ),
  ],
};
