import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildOnce } from '../../test-kit/built-folders.ts';
import {
  ask,
  create,
  followOperation,
  getService,
  nameOf,
  shortName,
  tiny,
  toRevision,
} from '../../test-kit/deploy.ts';
import { removeFolders, startHarness } from '../../test-kit/local-cloud-harness.ts';
import type { Harness } from '../../test-kit/local-cloud-harness.ts';
import { until } from '../../test-kit/until.ts';
import { isSameProcess } from '../supervisor/process-ownership.ts';

let built: Awaited<ReturnType<typeof buildOnce>>;
let folders: ReturnType<typeof built.make>;
let harness: Harness;
/** Every process that ever answered. */
const seen = new Set<number>();

beforeAll(async () => {
  built = await buildOnce();
  folders = built.make();
  harness = await startHarness(folders);
});

afterAll(async () => {
  await harness.stop();
  removeFolders(folders);
  built.remove();
});

/** Begins an update and doesn't wait; the name of its operation. */
async function begin(service: object, path: string): Promise<string> {
  const { services, options } = harness.clients;
  const [operation] = await services.updateService(
    { service: { name: nameOf('shop'), ...service }, updateMask: { paths: [path] } },
    options,
  );
  return operation.name ?? '';
}

/** kill -9, and the next local-cloud on the same folder; instances of the old one end with it. */
async function killAndStart(): Promise<void> {
  await harness.kill();
  await until('no instance is left', () => [...seen].every((pid) => !isSameProcess(pid, null)));
  harness = await startHarness(folders);
}

/** What holds after every restart once its operations have ended. */
async function expectServing(version: string): Promise<void> {
  const service = await until('the service has settled', async () => {
    const found = await getService(harness, 'shop');
    return found.reconciling === true ? null : found;
  });
  const statuses = service.trafficStatuses ?? [];
  expect(statuses.reduce((sum, { percent }) => sum + (percent ?? 0), 0)).toBe(100);
  for (const { revision } of statuses) {
    // LATEST has no name of its own.
    const id = shortName(revision) || shortName(service.latestReadyRevision);
    const name = `${nameOf('shop')}/revisions/${id}`;
    const [found] = await harness.clients.revisions.getRevision({ name }, harness.clients.options);
    expect(found.conditions?.[0]).toMatchObject({ type: 'Ready', state: 'CONDITION_SUCCEEDED' });
  }
  const answer = await ask(service.uri);
  seen.add(answer.pid);
  expect(answer.version).toBe(version);
}

describe(
  'kill -9 in the middle of a deploy, of a rollback and of both',
  { timeout: 60_000 },
  () => {
    it('ends each of them as it was asked for, on the revision that it names', async () => {
      const container = (VERSION: string): object => ({ containers: [tiny({ VERSION })] });
      const first = await create(harness, 'shop', container('1'));
      const one = shortName(first.latestReadyRevision);
      await expectServing('1');

      const deploy = await begin({ template: container('2') }, 'template');
      await killAndStart();
      expect((await followOperation(harness, deploy)).error).toBeFalsy();
      await expectServing('2');

      const back = await begin({ traffic: [toRevision(one, 100)] }, 'traffic');
      await killAndStart();
      expect((await followOperation(harness, back)).error).toBeFalsy();
      await expectServing('1');

      const broken = { containers: [tiny({ CRASH: 'start' })] };
      const failing = await begin({ template: broken }, 'template');
      const again = await begin({ traffic: [toRevision(one, 100, 'good')] }, 'traffic');
      await killAndStart();
      expect((await followOperation(harness, failing)).error?.message).toContain('told to crash');
      expect((await followOperation(harness, again)).error).toBeFalsy();
      await expectServing('1');
    });
  },
);
