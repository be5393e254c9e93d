import assert from 'node:assert/strict';
import { INGRESS } from '../../../shared/domain/revision.ts';
import type { RemoteOperation } from '../../ports/deployment-provider.ts';
import type { PlatformRig } from '../testing/platform-rig.ts';
import { only, patience, served } from '../testing/platform-rig.ts';
import type { CaseGroup } from './case.ts';
import { promise } from './case.ts';

/** What belongs to the service and not to a revision. */
export const settings: CaseGroup = {
  name: 'the settings of a service',
  services: 'shared',
  cases: [
    ...[...INGRESS].reverse().map((ingress) =>
      promise(`take the ingress ${ingress}`, async (rig) => {
        const { service } = await rig.shared();
        await done(rig, rig.provider.setAccess(service, { ingress }));
        assert.equal((await rig.get(service)).ingress, ingress);
      }),
    ),
    promise('open it to everybody and close it again', async (rig) => {
      const { service } = await rig.shared();
      const opened = await done(rig, rig.provider.setAccess(service, { public: true }));
      const refused = (opened.warnings ?? []).length > 0;
      assert.equal((await rig.get(service)).public, !refused);
      await done(rig, rig.provider.setAccess(service, { public: false }));
      assert.equal((await rig.get(service)).public, false);
    }),
    promise('are seen by another console', async (rig) => {
      const { service } = await rig.shared();
      await done(rig, rig.provider.setAccess(service, { ingress: 'internal' }));
      assert.equal((await rig.another.getService(service)).ingress, 'internal');
      await done(rig, rig.provider.setAccess(service, { ingress: 'all' }));
    }),
    promise('bound its instances', async (rig) => {
      const { service } = await rig.shared();
      await done(rig, rig.provider.setScaling(service, { min: 0, max: 7, manual: null }));
      assert.deepEqual((await rig.get(service)).scaling, { min: 0, max: 7, manual: null });
    }),
    promise('leave its instances to the revisions again', async (rig) => {
      const { service } = await rig.shared();
      await done(rig, rig.provider.setScaling(service, { min: 0, max: null, manual: null }));
      assert.deepEqual((await rig.get(service)).scaling, { min: 0, max: null, manual: null });
    }),
    promise(
      'keep exactly as many instances as are set by hand, and scale by load again',
      async (rig) => {
        const { service } = await rig.shared();
        for (const scaling of [
          { min: 0, max: 7, manual: 2 },
          { min: 0, max: 7, manual: null },
        ]) {
          await done(rig, rig.provider.setScaling(service, scaling));
          assert.deepEqual((await rig.get(service)).scaling, scaling);
        }
      },
    ),
    promise('change without a revision being cut or traffic moving', async (rig) => {
      const { service, first } = await rig.shared();
      const before = await rig.list(service);
      await done(rig, rig.provider.setScaling(service, { min: 0, max: 9, manual: null }));
      await done(rig, rig.provider.setAccess(service, { ingress: 'internal' }));
      assert.deepEqual(await rig.list(service), before);
      assert.deepEqual(served(await rig.get(service)), [[first, 100]]);
    }),
    promise('outlive a shift of the traffic', async (rig) => {
      const { service, first, second } = await rig.shared();
      const scaling = { min: 0, max: 6, manual: null };
      await done(rig, rig.provider.setScaling(service, scaling));
      await rig.shift(service, only(second));
      await rig.shift(service, only(first));
      assert.deepEqual((await rig.get(service)).scaling, scaling);
    }),
    promise('of an unknown service are refused', async (rig) => {
      const missing = { code: 'SERVICE_NOT_FOUND' };
      await assert.rejects(rig.provider.setAccess(rig.nobody, { public: true }), missing);
      await assert.rejects(
        rig.provider.setScaling(rig.nobody, { min: 1, max: 2, manual: null }),
        missing,
      );
    }),
  ],
};

/** Waits for a change of settings and gives what it said at the beginning. */
async function done(
  rig: PlatformRig,
  starting: Promise<RemoteOperation>,
): Promise<RemoteOperation> {
  const operation = await starting;
  const outcome = await rig.provider.waitFor(operation, patience());
  assert.equal(outcome.state, 'succeeded');
  return operation;
}
