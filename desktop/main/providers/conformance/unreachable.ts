import assert from 'node:assert/strict';
import { only } from '../testing/platform-rig.ts';
import type { CaseGroup } from './case.ts';
import { assertCode, assertHas, promise } from './case.ts';

/** Runs last, and only where the way to the platform can be cut. */
export const unreachable: CaseGroup = {
  name: 'an unreachable platform',
  services: 'shared',
  cases: [
    promise('is said so, for every call, and a retry is offered', async (rig) => {
      const service = rig.nobody;
      const calls = [
        rig.provider.listServices(),
        rig.get(service),
        rig.list(service),
        rig.provider.createRevision(rig.request(service)),
        rig.provider.setTraffic(service, only('x')),
        rig.provider.setAccess(service, { ingress: 'all' }),
        rig.provider.setScaling(service, { min: 0, max: null, manual: null }),
      ];
      for (const outcome of await Promise.allSettled(calls)) {
        assert.ok(outcome.status === 'rejected');
        assertCode(outcome.reason, 'TARGET_UNREACHABLE');
        assert.equal((outcome.reason as { retryable?: unknown }).retryable, true);
      }
    }),
    promise('is a finding of the preflight, with a fix', async (rig) => {
      const spec = { service: null, actions: ['read'] as const, template: null };
      const [finding] = await rig.provider.preflight(spec);
      assertHas(finding, { code: 'UNREACHABLE', severity: 'blocks' });
      assert.notEqual(finding?.fix, '');
    }),
  ],
};
