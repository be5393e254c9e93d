import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { step } from '../../test-kit/cloud-steps.ts';
import type { FakeMachine } from '../../test-kit/fake-machine.ts';
import { FakeWorld, REVISION_LIMIT } from '../../test-kit/fake-world.ts';
import type { FakeCloud } from '../../test-kit/fake-world.ts';
import type { ServedTarget } from '../model/resources.ts';

/** Nothing fails any more: everything that was asked for comes to its end, and cools down. */
async function settle({ cloud, machine }: FakeWorld): Promise<void> {
  machine.broken = false;
  for (let minutes = 0; cloud.operations.unfinished().length > 0; minutes += 1) {
    expect(minutes).toBeLessThan(10);
    await vi.advanceTimersByTimeAsync(60_000);
  }
  await vi.advanceTimersByTimeAsync(180_000);
}

function expectSettled({ cloud, machine, promised }: FakeWorld): void {
  const { store, operations, routed } = cloud;
  for (const id of promised) expect(operations.get(id)?.finishedAt, `operation ${id}`).toBeTruthy();
  for (const service of store.list('services')) {
    expect(service.deletedAt).toBeNull();
    expect(service.reconciling).toBe(false);
    expect(routed.get(service.id) ?? []).toEqual(service.served);
    if (service.latestReady !== '') expectServed(cloud, service.served);
  }
  const services = new Set(store.list('services').map(({ id }) => id));
  for (const revision of store.list('revisions')) {
    expect(services).toContain(revision.service);
    expect(revision.state).not.toBe('pending');
  }
  for (const id of services) {
    // Two may be kept above the limit for each of: latest, served, and asked for in vain.
    expect(cloud.revisionsOf(id).length).toBeLessThanOrEqual(REVISION_LIMIT + 6);
  }
  expectNoOrphans(cloud, machine);
}

/** All traffic, and on revisions that are ready. */
function expectServed({ store }: FakeCloud, served: readonly ServedTarget[]): void {
  if (served.length === 0) return;
  expect(served.reduce((sum, { percent }) => sum + percent, 0)).toBe(100);
  for (const { revision, percent } of served)
    if (percent > 0) expect(store.get('revisions', revision)?.state, revision).toBe('ready');
}

/** Every process belongs to a revision that is served and wants it. */
function expectNoOrphans({ store, fleet }: FakeCloud, machine: FakeMachine): void {
  const known = new Set(fleet.all().flatMap((supervisor) => supervisor.instances()));
  for (const instance of machine.running()) {
    expect(known).toContain(instance);
    const { id, template } = instance.revision;
    const service = store.get('services', instance.revision.service);
    expect(service?.served.map(({ revision }) => revision)).toContain(id);
    expect(template.scaling?.minInstanceCount).toBeGreaterThan(0);
  }
}

let dir = '';

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(), 'any-'));
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
  });
});

afterEach(() => {
  vi.useRealTimers();
  fs.rmSync(dir, { recursive: true });
});

describe('any sequence of writes, failures, crashes and restarts', () => {
  it('ends with all traffic on ready revisions, no orphan and no lost operation', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
        runs += 1;
        const world = new FakeWorld(path.join(dir, String(runs)));
        for (const next of steps) await world.take(next);
        await settle(world);
        expectSettled(world);
        await world.cloud.drop();
        expect(world.machine.running()).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
