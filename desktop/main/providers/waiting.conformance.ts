import { describe, expect, it } from 'vitest';

import type { PlatformRig } from './testing/platform-rig.ts';
import { patience } from './testing/platform-rig.ts';

/** Following operations, also those of another process. */
export function describeWaiting(rig: () => PlatformRig): void {
  describe('waiting', () => {
    it('goes on in another process that knows only the name', async () => {
      const service = rig().newService();
      await rig().createReady(service);
      const { name } = await rig().provider.createRevision(
        rig().request(service, rig().platform.slow),
      );
      const outcome = await rig().another.waitFor({ name, service }, patience());
      const { latestCreatedRevision } = await rig().get(service);
      expect(outcome).toEqual({ state: 'succeeded', revision: latestCreatedRevision });
    });

    it('gives the same outcome again when it is asked again', async () => {
      const service = rig().newService();
      const operation = await rig().provider.createRevision(rig().request(service));
      const first = await rig().provider.waitFor(operation, patience());
      expect(await rig().provider.waitFor(operation, patience())).toEqual(first);
    });

    it('ends when it is aborted, and the platform goes on', async () => {
      const service = rig().newService();
      await rig().createReady(service);
      const operation = await rig().provider.createRevision(
        rig().request(service, rig().platform.slow),
      );
      const abort = new AbortController();
      const waiting = rig().provider.waitFor(operation, abort.signal);
      abort.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow('enough');
      expect(await rig().provider.waitFor(operation, patience())).toMatchObject({
        state: 'succeeded',
      });
    });

    it('refuses an operation that nobody knows', async () => {
      const name = 'projects/local/locations/local/operations/none';
      await expect(
        rig().provider.waitFor({ name, service: 'case-1' }, patience()),
      ).rejects.toMatchObject({ code: 'OPERATION_NOT_FOUND' });
    });
  });
}
