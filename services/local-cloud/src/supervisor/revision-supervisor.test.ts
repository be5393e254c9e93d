import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  build,
  create,
  deploy,
  setTraffic,
  shortName,
  tiny,
  toRevision,
} from '../../test-kit/deploy.ts';
import { makeFolders, removeFolders, startHarness } from '../../test-kit/local-cloud-harness.ts';
import type { Harness } from '../../test-kit/local-cloud-harness.ts';
import { until } from '../../test-kit/until.ts';

const folders = makeFolders();
let harness: Harness;

beforeAll(async () => {
  harness = await startHarness(folders, [
    '--no-postgres',
    '--warm-seconds',
    '1',
    '--idle-seconds',
    '1',
  ]);
  await build(harness, 'tiny');
});

afterAll(async () => {
  await harness.stop();
  removeFolders(folders);
});

interface Target {
  readonly labels: { readonly service: string; readonly revision: string };
}

async function instancesOf(revision: string): Promise<number> {
  const { httpPort, token } = harness.connection;
  const response = await fetch(`http://127.0.0.1:${httpPort}/v1/targets`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const targets = (await response.json()) as Target[];
  return targets.filter(({ labels }) => labels.revision === revision).length;
}

describe.concurrent('scaling', { timeout: 30_000 }, () => {
  it('keeps min instances, stops idle ones, and starts again for a burst of requests', async () => {
    const kept = await create(harness, 'kept', {
      containers: [tiny()],
      scaling: { minInstanceCount: 2 },
    });
    const idle = await create(harness, 'idle', { containers: [tiny()] });
    const keptRevision = shortName(kept.latestReadyRevision);
    const idleRevision = shortName(idle.latestReadyRevision);
    await until('two are kept', async () => (await instancesOf(keptRevision)) === 2);
    await until('the idle one is stopped', async () => (await instancesOf(idleRevision)) === 0);
    expect(await instancesOf(keptRevision)).toBe(2);
    // A burst from zero: every request is held until one has started, and none is lost.
    const burst = await Promise.all(Array.from({ length: 60 }, () => ask(idle.uri)));
    expect(new Set(burst.map(({ revision }) => revision))).toEqual(new Set([idleRevision]));
  });

  it('cools the revision that lost its traffic, and brings it back for a rollback', async () => {
    const first = await create(harness, 'back', {
      containers: [tiny({ VERSION: '1' })],
      scaling: { minInstanceCount: 1 },
    });
    const old = shortName(first.latestReadyRevision);
    await deploy(harness, 'back', { containers: [tiny({ VERSION: '2' })] });
    await until('the old one is cold', async () => (await instancesOf(old)) === 0);
    const service = await setTraffic(harness, 'back', [toRevision(old, 100)]);
    expect(await ask(service.uri)).toMatchObject({ version: '1' });
  });
});
