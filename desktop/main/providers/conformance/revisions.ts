import assert from 'node:assert/strict';
import { only, patience, served } from '../testing/platform-rig.ts';
import type { CaseGroup } from './case.ts';
import { assertCode, assertHas, promise } from './case.ts';

export const firstRevision: CaseGroup = {
  name: 'the first revision',
  services: 'own',
  cases: [
    promise('gets all traffic and an address once it is ready', async (rig) => {
      const service = rig.newService();
      const revision = await rig.createReady(service);
      const read = await rig.get(service);
      assert.deepEqual(served(read), [[revision, 100]]);
      assert.equal(read.serving.followsLatest, true);
      assert.match(read.uri, /^https?:\/\//);
      assertHas(read, {
        latestCreatedRevision: revision,
        latestReadyRevision: revision,
        reconciling: false,
        failure: null,
      });
    }),
    promise(
      'leaves a service without traffic when it fails, and the next one repairs it',
      async (rig) => {
        const service = rig.newService();
        const failed = await rig.create(rig.request(service, rig.platform.failing));
        assert.equal(failed.state, 'failed');
        assert.deepEqual(served(await rig.get(service)), []);
        const good = await rig.createReady(service);
        assert.deepEqual(served(await rig.get(service)), [[good, 100]]);
      },
    ),
    promise('is made once when it is asked for twice at the same time', async (rig) => {
      const wanted = rig.request(rig.newService());
      const [one, other] = await Promise.allSettled([
        rig.provider.createRevision(wanted),
        rig.another.createRevision(wanted),
      ]);
      for (const asked of [one, other]) {
        if (asked.status === 'fulfilled') await rig.provider.waitFor(asked.value, patience());
        else assertCode(asked.reason, 'CONFLICT');
      }
      assert.equal((await rig.list(wanted.service)).length, 1);
    }),
  ],
};

export const furtherRevisions: CaseGroup = {
  name: 'a further revision',
  services: 'own',
  cases: [
    promise('moves no traffic and is listed before the older one', async (rig) => {
      const { service, first, second } = await rig.twoRevisions();
      const read = await rig.get(service);
      assert.deepEqual(served(read), [[first, 100]]);
      assert.equal(read.serving.followsLatest, false);
      assert.equal(read.latestReadyRevision, second);
      const names = (await rig.list(service)).map(({ name }) => name);
      assert.deepEqual(names, [second, first]);
    }),
    promise('keeps a split as it is', async (rig) => {
      const { service, first, second } = await rig.twoRevisions();
      const shares = [
        { revision: first, percent: 70, tag: null },
        { revision: second, percent: 30, tag: null },
      ];
      await rig.shift(service, { kind: 'split', shares });
      await rig.createReady(service, rig.withEnv('three'));
      assert.deepEqual(served(await rig.get(service)), [
        [first, 70],
        [second, 30],
      ]);
    }),
    promise('keeps the traffic of a service that followed its latest', async (rig) => {
      const { service, second } = await rig.twoRevisions();
      await rig.shift(service, { kind: 'latest' });
      await rig.createReady(service, rig.withEnv('three'));
      assert.deepEqual(served(await rig.get(service)), [[second, 100]]);
    }),
    promise('is cut even when nothing but the deploy id is new', async (rig) => {
      const service = rig.newService();
      const first = await rig.createReady(service);
      assert.notEqual(await rig.createReady(service), first);
    }),
    promise('is adopted when a retry asks for it again', async (rig) => {
      const service = rig.newService();
      await rig.createReady(service);
      const wanted = rig.request(service, rig.withEnv('two'));
      const first = await rig.create(wanted);
      const retried = await rig.another.createRevision(wanted);
      assert.deepEqual(await rig.another.waitFor(retried, patience()), first);
      assert.equal((await rig.list(service)).length, 2);
    }),
    promise('is adopted when a retry asks for it while it starts', async (rig) => {
      const service = rig.newService();
      await rig.createReady(service);
      const wanted = rig.request(service, rig.platform.slow);
      const running = await rig.provider.createRevision(wanted);
      const retried = await rig.another.createRevision(wanted);
      const outcome = await rig.another.waitFor(retried, patience());
      assert.deepEqual(await rig.provider.waitFor(running, patience()), outcome);
      assert.equal((await rig.list(service)).length, 2);
    }),
    promise('is refused while another change is under way', async (rig) => {
      const service = rig.newService();
      await rig.createReady(service);
      const slow = rig.request(service, rig.platform.slow);
      const running = await rig.provider.createRevision(slow);
      const second = rig.request(service, rig.withEnv('two'));
      await assert.rejects(rig.provider.createRevision(second), { code: 'CONFLICT' });
      await rig.provider.waitFor(running, patience());
      assert.equal((await rig.list(service)).length, 2);
    }),
    promise('is starting before it is ready', async (rig) => {
      const service = rig.newService();
      await rig.createReady(service);
      const slow = rig.request(service, rig.platform.slow);
      const running = await rig.provider.createRevision(slow);
      const [newest] = await rig.list(service);
      assertHas(newest, { state: 'starting', trafficPercent: 0 });
      assert.equal((await rig.get(service)).reconciling, true);
      await rig.provider.waitFor(running, patience());
      assert.notEqual((await rig.list(service))[0]?.state, 'starting');
    }),
    promise('leaves another service’s deploy alone', async (rig) => {
      const [one, other] = await Promise.all([
        rig.createReady(rig.newService()),
        rig.createReady(rig.newService()),
      ]);
      assert.notEqual(one, other);
    }),
    promise('gets an address of its own by a tag, without traffic', async (rig) => {
      const service = rig.newService();
      const first = await rig.createReady(service);
      const tagged = { ...rig.request(service, rig.withEnv('two')), tag: 'candidate' };
      assert.equal((await rig.create(tagged)).state, 'succeeded');
      const [newest] = await rig.list(service);
      assertHas(newest, {
        tags: ['candidate'],
        trafficPercent: 0,
        state: 'ready',
      });
      assert.deepEqual(served(await rig.get(service)).slice(0, 1), [[first, 100]]);
    }),
    promise('takes a tag over from the revision that had it', async (rig) => {
      const service = rig.newService();
      await rig.createReady(service);
      for (const value of ['two', 'three']) {
        const tagged = { ...rig.request(service, rig.withEnv(value)), tag: 'candidate' };
        await rig.create(tagged);
      }
      const tags = (await rig.list(service)).map((revision) => revision.tags);
      assert.deepEqual(tags, [['candidate'], [], []]);
    }),
    promise('carries the service’s settings in the same write', async (rig) => {
      const service = rig.newService();
      await rig.createReady(service);
      const settings = { ingress: 'internal', scaling: { min: 0, max: 5, manual: null } } as const;
      const wanted = { ...rig.request(service, rig.withEnv('two')), settings };
      await rig.create(wanted);
      assertHas(await rig.get(service), settings);
      assert.equal((await rig.list(service)).length, 2);
    }),
  ],
};

export const failingRevisions: CaseGroup = {
  name: 'a revision that fails',
  services: 'own',
  cases: [
    promise('names the cause and leaves the serving revision alone', async (rig) => {
      const service = rig.newService();
      const good = await rig.createReady(service);
      const outcome = await rig.create(rig.request(service, rig.platform.failing));
      assert.ok(outcome.state === 'failed');
      assert.ok(outcome.reason.includes(rig.platform.failingReason), outcome.reason);
      const read = await rig.get(service);
      assert.deepEqual(served(read), [[good, 100]]);
      assert.ok(read.failure?.includes(rig.platform.failingReason), String(read.failure));
      assert.equal(read.latestReadyRevision, good);
    }),
    promise('stays in the list with its reason', async (rig) => {
      const service = rig.newService();
      await rig.createReady(service);
      await rig.create(rig.request(service, rig.platform.failing));
      const [newest] = await rig.list(service);
      assert.equal(newest?.state, 'failed');
      assert.ok(newest.reason?.includes(rig.platform.failingReason), String(newest.reason));
    }),
    promise('does not keep the next one from being deployed', async (rig) => {
      const service = rig.newService();
      await rig.createReady(service);
      await rig.create(rig.request(service, rig.platform.failing));
      const good = await rig.createReady(service, rig.withEnv('repaired'));
      await rig.shift(service, only(good));
      const read = await rig.get(service);
      assertHas(read, { failure: null, latestReadyRevision: good });
    }),
    promise('gets no traffic when it is given some', async (rig) => {
      const service = rig.newService();
      const good = await rig.createReady(service);
      await rig.create(rig.request(service, rig.platform.failing));
      const [failed] = await rig.list(service);
      assert.ok(failed);
      assert.equal((await rig.shift(service, only(failed.name))).state, 'failed');
      assert.deepEqual(served(await rig.get(service)), [[good, 100]]);
    }),
    promise('tells the same to a console that asks again', async (rig) => {
      const service = rig.newService();
      await rig.createReady(service);
      const wanted = rig.request(service, rig.platform.failing);
      const running = await rig.provider.createRevision(wanted);
      const outcome = await rig.provider.waitFor(running, patience());
      const again = await rig.another.waitFor(running, patience());
      assert.deepEqual(again, outcome);
      const retried = await rig.another.createRevision(wanted);
      assert.equal((await rig.another.waitFor(retried, patience())).state, 'failed');
    }),
  ],
};
