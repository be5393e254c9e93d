import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  build,
  create,
  deploy,
  getService,
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
  it('keeps min instances, stops idle ones, and starts again for a request', async () => {
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
    expect(await ask(idle.uri)).toMatchObject({ revision: idleRevision });
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

describe.concurrent('a crash loop', { timeout: 60_000 }, () => {
  it('shows in the condition of the revision', async () => {
    const service = await create(harness, 'loop', {
      containers: [tiny()],
      scaling: { minInstanceCount: 1 },
    });
    const name = service.latestReadyRevision ?? '';
    for (let crashes = 0; crashes < 4; crashes += 1) {
      const alive = await until('it serves', () => ask(service.uri).catch(() => null), 30_000);
      process.kill(alive.pid, 'SIGKILL');
      await until('it is gone', async () => (await instancesOf(shortName(name))) === 0);
    }
    // The fifth crash waits 4 s for its start; the loop shows with it.
    const last = await until('it serves', () => ask(service.uri).catch(() => null), 30_000);
    process.kill(last.pid, 'SIGKILL');
    const condition = await until('the condition shows it', async () => {
      const [revision] = await harness.clients.revisions.getRevision(
        { name },
        harness.clients.options,
      );
      const [ready] = revision.conditions ?? [];
      return ready?.state === 'CONDITION_FAILED' ? ready : null;
    });
    expect(condition).toMatchObject({ revisionReason: 'HEALTH_CHECK_CONTAINER_ERROR' });
    expect(condition.message).toContain('Crash loop');
    expect((await getService(harness, 'loop')).latestReadyRevision).toBe(name);
    expect(harness.lines.join('\n')).toContain('CRASH_LOOP');
  });
});

describe.concurrent('stopping', { timeout: 60_000 }, () => {
  it('kills an instance that ignores SIGTERM', async () => {
    const service = await create(harness, 'hang', { containers: [tiny({ HANG: '1' })] });
    const { pid } = await ask(service.uri);
    const began = Date.now();
    const [operation] = await harness.clients.services.deleteService(
      { name: service.name ?? '' },
      harness.clients.options,
    );
    await operation.promise();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(Date.now() - began).toBeGreaterThan(9_000);
  });
});
