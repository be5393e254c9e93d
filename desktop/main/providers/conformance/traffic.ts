import assert from 'node:assert/strict';
import { allTrafficTo } from '../../../shared/domain/traffic.ts';
import type { TrafficShare } from '../../../shared/domain/traffic.ts';
import type { PlatformRig } from '../testing/platform-rig.ts';
import { only, patience, served } from '../testing/platform-rig.ts';
import type { CaseGroup, ConformanceCase } from './case.ts';
import { assertCode, assertHas, promise } from './case.ts';

const UNUSABLE: readonly (readonly [string, readonly number[]])[] = [
  ['does not add up to 100', [99]],
  ['adds up to more than 100', [60, 60]],
  ['is not whole', [50.5, 49.5]],
  ['is negative', [-1, 101]],
  ['is empty', []],
];

/** Moving traffic: splits, tags, pinning, and what is refused. */
export const traffic: CaseGroup = {
  name: 'traffic',
  services: 'shared',
  cases: [
    promise('moves to another revision and back without cutting one', async (rig) => {
      const { service, first, second } = await rig.shared();
      const before = (await rig.list(service)).length;
      assert.equal((await rig.shift(service, only(second))).state, 'succeeded');
      assert.deepEqual(served(await rig.get(service)), [[second, 100]]);
      assert.equal((await rig.shift(service, only(first))).state, 'succeeded');
      assert.deepEqual(served(await rig.get(service)), [[first, 100]]);
      assert.equal((await rig.list(service)).length, before);
    }),
    promise('is split in whole percents, and pinned by that', async (rig) => {
      const { service } = await splitShared(rig, 90);
      const percents = (await rig.list(service)).map(({ trafficPercent }) => trafficPercent);
      assert.deepEqual(percents.slice(0, 2), [10, 90]);
      const read = await rig.get(service);
      assert.equal(read.serving.followsLatest, false);
      assert.deepEqual(read.serving, read.traffic);
    }),
    promise('can be as little as one percent', async (rig) => {
      const { service, first, second } = await splitShared(rig, 99);
      assert.deepEqual(served(await rig.get(service)), [
        [first, 99],
        [second, 1],
      ]);
    }),
    ...UNUSABLE.map(([name, percents]) => refusedSplit(name, percents)),
    promise('keeps tags at 0 % when everything goes to one revision', async (rig) => {
      const { service, first } = await tagSecond(rig);
      assertHas((await rig.list(service))[0], {
        tags: ['canary'],
        state: 'ready',
      });
      const { shares } = (await rig.get(service)).serving;
      await rig.shift(service, { kind: 'split', shares: allTrafficTo(first, shares) });
      const [newest] = await rig.list(service);
      assertHas(newest, { tags: ['canary'], trafficPercent: 0 });
    }),
    promise('keeps tags when it follows the latest again', async (rig) => {
      const { service, first, second } = await rig.shared();
      const shares = [share(second, 100), share(first, 0, 'stable')];
      await rig.shift(service, { kind: 'split', shares });
      await rig.shift(service, { kind: 'latest' });
      const read = await rig.get(service);
      assert.equal(read.serving.followsLatest, true);
      assert.deepEqual((await rig.list(service))[1]?.tags, ['stable']);
    }),
    promise('can be tagged where it serves, and the tag can change sides', async (rig) => {
      const { service, first, second } = await rig.shared();
      for (const holder of [first, second]) {
        const shares = [first, second].map((revision) =>
          share(revision, 50, revision === holder ? 'live' : null),
        );
        await rig.shift(service, { kind: 'split', shares });
        const tagged = (await rig.list(service)).filter(({ tags }) => tags.includes('live'));
        assert.deepEqual(
          tagged.map(({ name }) => name),
          [holder],
        );
      }
    }),
    promise('follows the latest ready revision again when told so', async (rig) => {
      const { service, second } = await rig.shared();
      await rig.shift(service, { kind: 'latest' });
      const read = await rig.get(service);
      assert.deepEqual(served(read), [[second, 100]]);
      assert.equal(read.serving.followsLatest, true);
    }),
    promise('retires a revision that lost it, and that can get it back', async (rig) => {
      const { service, first, second } = await rig.shared();
      await rig.shift(service, only(second));
      const states = (await rig.list(service)).map(({ state }) => state);
      assert.deepEqual(states, ['ready', 'retired']);
      await rig.shift(service, only(first));
      const oldest = (await rig.list(service))[1];
      assertHas(oldest, { state: 'ready', trafficPercent: 100 });
    }),
    promise('stays where it is when the wanted revision does not exist', async (rig) => {
      const { service, first } = await rig.shared();
      const outcome = await rig.shift(service, only(`${service}-00099-non`));
      assert.ok(outcome.state === 'failed');
      assert.match(outcome.reason, /does not exist/);
      assert.deepEqual(served(await rig.get(service)), [[first, 100]]);
    }),
    promise('of an unknown service is refused', (rig) =>
      assert.rejects(rig.provider.setTraffic(rig.nobody, only('x')), {
        code: 'SERVICE_NOT_FOUND',
      }),
    ),
    promise('changes the service’s etag', async (rig) => {
      const { service, second } = await rig.shared();
      const before = (await rig.get(service)).etag;
      await rig.shift(service, only(second));
      assert.notEqual((await rig.get(service)).etag, before);
    }),
    promise('can be set to what it is', async (rig) => {
      const { service, first } = await rig.shared();
      assert.equal((await rig.shift(service, only(first))).state, 'succeeded');
      assert.deepEqual(served(await rig.get(service)), [[first, 100]]);
    }),
    promise('ends as one of several writers wanted it; the others are told', async (rig) => {
      const { service, first, second } = await rig.shared();
      const writers = [rig.provider, rig.another];
      const ended = await Promise.allSettled(
        [second, first].map(async (revision, index) => {
          const writer = writers[index] ?? rig.provider;
          const operation = await writer.setTraffic(service, only(revision));
          return writer.waitFor(operation, patience());
        }),
      );
      for (const end of ended) {
        if (end.status === 'rejected') assertCode(end.reason, 'CONFLICT');
      }
      const [[serving, percent] = ['', 0]] = served(await rig.get(service));
      assert.ok([first, second].includes(serving));
      assert.equal(percent, 100);
    }),
  ],
};

function share(revision: string, percent: number, tag: string | null = null): TrafficShare {
  return { revision, percent, tag };
}

function refusedSplit(name: string, percents: readonly number[]): ConformanceCase {
  return {
    name: `is refused when it ${name}`,
    run: (rig) => {
      const shares = percents.map((percent) => share('any-00001', percent));
      return assert.rejects(rig.provider.setTraffic(rig.nobody, { kind: 'split', shares }), {
        code: 'TRAFFIC_SPLIT_INVALID',
      });
    },
  };
}

interface Shared {
  readonly service: string;
  readonly first: string;
  readonly second: string;
}

async function splitShared(rig: PlatformRig, percent: number): Promise<Shared> {
  const shared = await rig.shared();
  const shares = [share(shared.first, percent), share(shared.second, 100 - percent)];
  await rig.shift(shared.service, { kind: 'split', shares });
  return shared;
}

async function tagSecond(rig: PlatformRig): Promise<Shared> {
  const shared = await rig.shared();
  const shares = [share(shared.first, 100), share(shared.second, 0, 'canary')];
  await rig.shift(shared.service, { kind: 'split', shares });
  return shared;
}
