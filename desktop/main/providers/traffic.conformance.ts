import { describe, expect, it } from 'vitest';
import { allTrafficTo } from '../../shared/domain/traffic.ts';
import type { PlatformRig } from './testing/platform-rig.ts';
import { only, served } from './testing/platform-rig.ts';

/** Moving traffic: splits, tags, pinning, and what is refused. */
export function describeTraffic(rig: () => PlatformRig): void {
  describe('traffic', () => {
    it('moves to another revision and back without cutting one', async () => {
      const { service, first, second } = await rig().twoRevisions();
      expect(await rig().shift(service, only(second))).toMatchObject({ state: 'succeeded' });
      expect(served(await rig().get(service))).toEqual([[second, 100]]);
      expect(await rig().shift(service, only(first))).toMatchObject({ state: 'succeeded' });
      expect(served(await rig().get(service))).toEqual([[first, 100]]);
      expect(await rig().list(service)).toHaveLength(2);
    });

    it('is split in whole percents', async () => {
      const { service, first, second } = await rig().twoRevisions();
      const shares = [
        { revision: first, percent: 90, tag: null },
        { revision: second, percent: 10, tag: null },
      ];
      await rig().shift(service, { kind: 'split', shares });
      const percents = (await rig().list(service)).map(({ trafficPercent }) => trafficPercent);
      expect(percents).toEqual([10, 90]);
      expect((await rig().get(service)).serving.followsLatest).toBe(false);
    });

    it.each([
      ['does not add up to 100', [99]],
      ['is not whole', [50.5, 49.5]],
      ['is negative', [-1, 101]],
      ['is empty', []],
    ])('refuses a split that %s', async (_, percents) => {
      const shares = percents.map((percent) => ({ revision: 'any-00001', percent, tag: null }));
      await expect(
        rig().provider.setTraffic('nobody', { kind: 'split', shares }),
      ).rejects.toMatchObject({ code: 'TRAFFIC_SPLIT_INVALID' });
    });

    it('keeps tags at 0 % when everything goes to one revision', async () => {
      const { service, first, second } = await rig().twoRevisions();
      const tagged = [
        { revision: first, percent: 100, tag: null },
        { revision: second, percent: 0, tag: 'canary' },
      ];
      await rig().shift(service, { kind: 'split', shares: tagged });
      expect((await rig().list(service))[0]).toMatchObject({ tags: ['canary'], state: 'ready' });
      const { shares } = (await rig().get(service)).serving;
      await rig().shift(service, { kind: 'split', shares: allTrafficTo(first, shares) });
      expect((await rig().list(service))[0]).toMatchObject({ tags: ['canary'], trafficPercent: 0 });
    });

    it('follows the latest ready revision again when told so', async () => {
      const { service, second } = await rig().twoRevisions();
      await rig().shift(service, { kind: 'latest' });
      const read = await rig().get(service);
      expect(served(read)).toEqual([[second, 100]]);
      expect(read.serving.followsLatest).toBe(true);
    });

    it('retires a revision that lost it, and that can get it back', async () => {
      const { service, first, second } = await rig().twoRevisions();
      await rig().shift(service, only(second));
      const states = (await rig().list(service)).map(({ state }) => state);
      expect(states).toEqual(['ready', 'retired']);
      await rig().shift(service, only(first));
      expect((await rig().list(service))[1]).toMatchObject({ state: 'ready', trafficPercent: 100 });
    });

    it('stays where it is when the wanted revision does not exist', async () => {
      const { service, first } = await rig().twoRevisions();
      const outcome = await rig().shift(service, only(`${service}-00099-non`));
      expect(outcome).toMatchObject({ state: 'failed' });
      if (outcome.state === 'failed') expect(outcome.reason).toContain('does not exist');
      expect(served(await rig().get(service))).toEqual([[first, 100]]);
    });

    it('of an unknown service is refused', async () => {
      await expect(rig().provider.setTraffic('nobody', only('x'))).rejects.toMatchObject({
        code: 'SERVICE_NOT_FOUND',
      });
    });

    it('changes the service’s etag', async () => {
      const { service, second } = await rig().twoRevisions();
      const before = (await rig().get(service)).etag;
      await rig().shift(service, only(second));
      expect((await rig().get(service)).etag).not.toBe(before);
    });
  });
}
