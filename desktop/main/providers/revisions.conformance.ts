import { describe, expect, it } from 'vitest';

import type { PlatformRig } from './testing/platform-rig.ts';
import { only, patience, served } from './testing/platform-rig.ts';

/** Cutting revisions: where the traffic goes, what fails, what a retry does. */
export function describeRevisions(rig: () => PlatformRig): void {
  describe('the first revision', () => {
    it('gets all traffic and an address once it is ready', async () => {
      const service = rig().newService();
      const revision = await rig().createReady(service);
      const read = await rig().get(service);
      expect(served(read)).toEqual([[revision, 100]]);
      expect(read.serving.followsLatest).toBe(true);
      expect(read.uri).toMatch(/^https?:\/\//);
      expect(read).toMatchObject({
        latestCreatedRevision: revision,
        latestReadyRevision: revision,
        reconciling: false,
        failure: null,
      });
    });

    it('leaves a service without traffic when it fails, and the next one repairs it', async () => {
      const service = rig().newService();
      const failed = await rig().create(rig().request(service, rig().platform.failing));
      expect(failed).toMatchObject({ state: 'failed' });
      expect(served(await rig().get(service))).toEqual([]);
      const good = await rig().createReady(service);
      expect(served(await rig().get(service))).toEqual([[good, 100]]);
    });
  });

  describe('a further revision', () => {
    it('moves no traffic', async () => {
      const { service, first, second } = await rig().twoRevisions();
      expect(second).not.toBe(first);
      const read = await rig().get(service);
      expect(served(read)).toEqual([[first, 100]]);
      expect(read.serving.followsLatest).toBe(false);
      expect(read.latestReadyRevision).toBe(second);
    });

    it('is listed before the older ones', async () => {
      const { service, first, second } = await rig().twoRevisions();
      expect((await rig().list(service)).map((revision) => revision.name)).toEqual([second, first]);
    });

    it('keeps a split as it is', async () => {
      const { service, first, second } = await rig().twoRevisions();
      const shares = [
        { revision: first, percent: 70, tag: null },
        { revision: second, percent: 30, tag: null },
      ];
      await rig().shift(service, { kind: 'split', shares });
      await rig().createReady(service, rig().withEnv('three'));
      expect(served(await rig().get(service))).toEqual([
        [first, 70],
        [second, 30],
      ]);
    });

    it('keeps the traffic of a service that followed its latest', async () => {
      const { service, second } = await rig().twoRevisions();
      await rig().shift(service, { kind: 'latest' });
      await rig().createReady(service, rig().withEnv('three'));
      expect(served(await rig().get(service))).toEqual([[second, 100]]);
    });

    it('is cut even when nothing but the deploy id is new', async () => {
      const service = rig().newService();
      const first = await rig().createReady(service);
      expect(await rig().createReady(service)).not.toBe(first);
    });

    it('is adopted when a retry asks for it again', async () => {
      const service = rig().newService();
      await rig().createReady(service);
      const wanted = rig().request(service, rig().withEnv('two'));
      const first = await rig().create(wanted);
      const retried = await rig().another.createRevision(wanted);
      expect(await rig().another.waitFor(retried, patience())).toEqual(first);
      expect(await rig().list(service)).toHaveLength(2);
    });

    it('is refused while another change is under way', async () => {
      const service = rig().newService();
      await rig().createReady(service);
      const running = await rig().provider.createRevision(
        rig().request(service, rig().platform.slow),
      );
      await expect(
        rig().provider.createRevision(rig().request(service, rig().withEnv('two'))),
      ).rejects.toMatchObject({ code: 'CONFLICT' });
      await rig().provider.waitFor(running, patience());
    });

    it('is starting before it is ready', async () => {
      const service = rig().newService();
      await rig().createReady(service);
      const running = await rig().provider.createRevision(
        rig().request(service, rig().platform.slow),
      );
      expect((await rig().list(service))[0]).toMatchObject({
        state: 'starting',
        trafficPercent: 0,
      });
      expect(await rig().get(service)).toMatchObject({ reconciling: true });
      await rig().provider.waitFor(running, patience());
      expect((await rig().list(service))[0]?.state).not.toBe('starting');
    });
  });

  describe('a revision that fails', () => {
    it('names the cause and leaves the serving revision alone', async () => {
      const service = rig().newService();
      const good = await rig().createReady(service);
      const outcome = await rig().create(rig().request(service, rig().platform.failing));
      expect(outcome.state).toBe('failed');
      if (outcome.state === 'failed')
        expect(outcome.reason).toContain(rig().platform.failingReason);
      const read = await rig().get(service);
      expect(served(read)).toEqual([[good, 100]]);
      expect(read.failure).toContain(rig().platform.failingReason);
      expect(read.latestReadyRevision).toBe(good);
    });

    it('stays in the list with its reason', async () => {
      const service = rig().newService();
      await rig().createReady(service);
      await rig().create(rig().request(service, rig().platform.failing));
      const [newest] = await rig().list(service);
      expect(newest?.state).toBe('failed');
      expect(newest?.reason).toContain(rig().platform.failingReason);
    });

    it('does not keep the next one from being deployed', async () => {
      const service = rig().newService();
      await rig().createReady(service);
      await rig().create(rig().request(service, rig().platform.failing));
      const good = await rig().createReady(service, rig().withEnv('repaired'));
      await rig().shift(service, only(good));
      expect(await rig().get(service)).toMatchObject({ failure: null, latestReadyRevision: good });
    });
  });
}
