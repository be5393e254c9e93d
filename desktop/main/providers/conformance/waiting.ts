import assert from 'node:assert/strict';
import { only, patience } from '../testing/platform-rig.ts';
import type { CaseGroup } from './case.ts';
import { promise } from './case.ts';

/** Following operations, also those of another process. */
export const waiting: CaseGroup = {
  name: 'waiting',
  services: 'own',
  cases: [
    promise('goes on in another process that knows only the name', async (rig) => {
      const service = rig.newService();
      await rig.createReady(service);
      const slow = rig.request(service, rig.platform.slow);
      const { name } = await rig.provider.createRevision(slow);
      const outcome = await rig.another.waitFor({ name, service }, patience());
      const { latestCreatedRevision } = await rig.get(service);
      assert.deepEqual(outcome, { state: 'succeeded', revision: latestCreatedRevision });
    }),
    promise('gives the same outcome again when it is asked again', async (rig) => {
      const service = rig.newService();
      const operation = await rig.provider.createRevision(rig.request(service));
      const first = await rig.provider.waitFor(operation, patience());
      assert.deepEqual(await rig.provider.waitFor(operation, patience()), first);
    }),
    promise('ends when it is aborted, and the platform goes on', async (rig) => {
      const service = rig.newService();
      await rig.createReady(service);
      const slow = rig.request(service, rig.platform.slow);
      const operation = await rig.provider.createRevision(slow);
      const abort = new AbortController();
      const following = rig.provider.waitFor(operation, abort.signal);
      abort.abort(new Error('enough'));
      await assert.rejects(following, /enough/);
      const outcome = await rig.provider.waitFor(operation, patience());
      assert.equal(outcome.state, 'succeeded');
    }),
  ],
};

export const waitingShared: CaseGroup = {
  name: 'waiting for a shift',
  services: 'shared',
  cases: [
    promise('goes on in another process that knows only the name', async (rig) => {
      const { service, second } = await rig.shared();
      const { name } = await rig.provider.setTraffic(service, only(second));
      const outcome = await rig.another.waitFor({ name, service }, patience());
      assert.equal(outcome.state, 'succeeded');
    }),
    promise('does not begin when it is aborted already', async (rig) => {
      const { service, first } = await rig.shared();
      const operation = await rig.provider.setTraffic(service, only(first));
      const aborted = AbortSignal.abort(new Error('never mind'));
      await assert.rejects(rig.provider.waitFor(operation, aborted), /never mind/);
      await rig.provider.waitFor(operation, patience());
    }),
    promise('refuses an operation that nobody knows', async (rig) => {
      const { service } = await rig.shared();
      const unknown = { name: rig.platform.unknownOperation, service };
      const following = rig.provider.waitFor(unknown, patience());
      await assert.rejects(following, { code: 'OPERATION_NOT_FOUND' });
    }),
  ],
};
