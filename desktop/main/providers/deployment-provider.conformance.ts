import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RevisionTemplate } from '../../shared/domain/revision.ts';
import { describeRevisions } from './revisions.conformance.ts';
import type { PlatformUnderTest } from './testing/platform-rig.ts';
import { only, PlatformRig } from './testing/platform-rig.ts';
import { describeTraffic } from './traffic.conformance.ts';
import { describeWaiting } from './waiting.conformance.ts';

/** What every adapter of DeploymentProvider has to keep. */
export function describeDeploymentProvider(
  name: string,
  open: () => Promise<PlatformUnderTest>,
): void {
  describe(`DeploymentProvider: ${name}`, () => {
    let opened: PlatformRig | null = null;
    const rig = (): PlatformRig => {
      if (opened === null) throw new Error('the platform was not opened');
      return opened;
    };

    beforeAll(async () => {
      opened = new PlatformRig(await open());
    });
    afterAll(async () => {
      await opened?.platform.close();
    });

    it('says what it can do', () => {
      expect(rig().provider.capabilities()).toMatchObject({ trafficSplit: true, tags: true });
    });

    describe('reading', () => {
      it('refuses a service that does not exist', async () => {
        await expect(rig().get('nobody')).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND' });
      });

      it('lists no revision of a service that does not exist', async () => {
        expect(await rig().list('nobody')).toEqual([]);
      });

      it('lists the services it has', async () => {
        const service = rig().newService();
        await rig().createReady(service);
        const ids = (await rig().provider.listServices()).map(({ id }) => id);
        expect(ids).toContain(service);
      });

      it('gives a template back as it was deployed', async () => {
        const service = rig().newService();
        const template: RevisionTemplate = {
          ...rig().withEnv('kept'),
          cpu: 2,
          memoryMib: 1024,
          minInstances: 1,
          maxInstances: 3,
          concurrency: 17,
          timeoutSeconds: 42,
        };
        await rig().createReady(service, template);
        expect((await rig().list(service))[0]?.template).toEqual(template);
      });
    });

    describeRevisions(rig);
    describeTraffic(rig);
    describeWaiting(rig);

    it('says so when the platform is unreachable, for every call', async () => {
      await rig().platform.cut();
      const calls = [
        rig().provider.listServices(),
        rig().get('case-1'),
        rig().list('case-1'),
        rig().provider.createRevision(rig().request('case-1')),
        rig().provider.setTraffic('case-1', only('x')),
      ];
      for (const outcome of await Promise.allSettled(calls)) {
        expect(outcome).toMatchObject({
          status: 'rejected',
          reason: { code: 'TARGET_UNREACHABLE', retryable: true },
        });
      }
    });
  });
}
