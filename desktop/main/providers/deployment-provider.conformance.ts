import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CaseGroup } from './conformance/case.ts';
import { DEPLOYMENT_SUITE } from './conformance/suite.ts';
import { unreachable } from './conformance/unreachable.ts';
import type { PlatformUnderTest } from './testing/platform-rig.ts';
import { PlatformRig } from './testing/platform-rig.ts';

/** The cases of the suite, on a machine with other work. */
const CASE_WITHIN_MS = 60_000;

/** What every adapter of DeploymentProvider has to keep, as tests of one platform. */
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

    it('is asked for at least 60 promises', () => {
      const count = DEPLOYMENT_SUITE.reduce((sum, group) => sum + group.cases.length, 0);
      expect(count).toBeGreaterThanOrEqual(60);
    });

    for (const group of DEPLOYMENT_SUITE) describeGroup(group, rig);

    describe(unreachable.name, () => {
      beforeAll(async () => {
        await rig().platform.cut?.();
      });
      for (const { name: title, run } of unreachable.cases) it(title, () => run(rig()));
    });
  });
}

function describeGroup(group: CaseGroup, rig: () => PlatformRig): void {
  const together = group.services === 'own' ? describe.concurrent : describe;
  together(group.name, () => {
    if (group.services === 'shared') beforeEach(() => rig().resetShared());
    for (const { name, run } of group.cases) it(name, () => run(rig()), CASE_WITHIN_MS);
  });
}
