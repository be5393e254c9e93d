import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REVISION } from '../model/resources.ts';
import type { RevisionRecord } from '../model/resources.ts';
import { RouterSet } from '../router/router-set.ts';
import { StateStore } from '../state/state-store.ts';
import { Fleet } from '../supervisor/fleet.ts';
import type { InstanceFactory } from '../supervisor/instance-factory.ts';
import { RevisionFailure } from '../supervisor/instance-environment.ts';
import { LogBook } from '../supervisor/log-book.ts';
import { createSystemLog } from '../system-log.ts';
import { Operations } from './operations.ts';
import { Reconciler } from './reconciler.ts';
import { newService } from './service-writes.ts';

/** A machine on which no instance starts. */
const NOTHING_STARTS: InstanceFactory = {
  create: () => Promise.reject(new RevisionFailure({ message: 'It does not start.' })),
  untilReady: () => Promise.resolve(false),
  watchLiveness: () => undefined,
  tail: () => [],
  onCrash: () => undefined,
  onStable: () => undefined,
};

let dir = '';
let store: StateStore;
let fleet: Fleet;
let routers: RouterSet;
let operations: Operations;
let reconciler: Reconciler;
let logs: LogBook;

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'reconciler-'));
  store = StateStore.open(dir).store;
  const log = createSystemLog(() => undefined);
  fleet = new Fleet(NOTHING_STARTS, { warmMs: 1000, idleMs: 1000 });
  routers = new RouterSet({ preferredPorts: {}, fleet, gateOf: () => () => null, log });
  logs = new LogBook();
  operations = new Operations(store);
  reconciler = new Reconciler({ store, fleet, routers, operations, logs, log });
});

afterEach(async () => {
  reconciler.stop();
  await Promise.all([routers.closeAll(0), fleet.stop()]);
  await store.close();
  fs.rmSync(dir, { recursive: true });
});

function putRevision(): RevisionRecord {
  const revision: RevisionRecord = {
    id: 'shop-1',
    uid: 'u',
    service: 'shop',
    generation: 1,
    template: {},
    createdAt: 0,
    changedAt: 0,
    state: 'failed',
    failure: null,
    digest: '',
  };
  store.put('revisions', revision.id, revision);
  return revision;
}

/** A service with one failed revision. */
async function putService(served: boolean): Promise<RevisionRecord> {
  const revision = putRevision();
  const target = { type: REVISION, revision: revision.id, percent: 100, tag: '' } as const;
  const service = { ...newService('shop', {}, 0), served: served ? [target] : [] };
  store.put('services', 'shop', { ...service, latestCreated: revision.id });
  await reconciler.restore();
  return revision;
}

/** Tries the revision again and waits for the operation, which fails. */
async function bringUp(served: boolean): Promise<void> {
  const revision = await putService(served);
  const operation = operations.begin({
    kind: 'update',
    service: 'shop',
    revision: revision.id,
    generation: 1,
  });
  reconciler.run(operation);
  await operations.wait(operation.id, 5000);
  expect(operations.get(operation.id)?.error?.message).toContain('does not start');
}

describe('a revision that does not come up', () => {
  it('keeps being tried while it has the traffic', async () => {
    await bringUp(true);
    expect(fleet.find('shop-1')).toBeDefined();
  });

  it('is left alone when nothing is served by it', async () => {
    await bringUp(false);
    expect(fleet.find('shop-1')).toBeUndefined();
  });
});

describe('a build under way', () => {
  it('does not keep its service in transition: it is no rollout, whenever it ends', async () => {
    await putService(false);
    const generation = { service: 'shop', revision: '', generation: 1 };
    operations.begin({ ...generation, kind: 'build' });
    const other = operations.begin({ ...generation, kind: 'update' });
    const rollout = operations.begin({ ...generation, kind: 'update' });
    reconciler.run(rollout);
    await operations.wait(rollout.id, 5000);
    expect(store.get('services', 'shop')?.reconciling).toBe(true);
    reconciler.run(other);
    await operations.wait(other.id, 5000);
    expect(store.get('services', 'shop')?.reconciling).toBe(false);
  });
});

describe('a stopped revision', () => {
  it('holds no request', async () => {
    const supervisor = fleet.of(putRevision());
    await supervisor.stop();
    const waiting = supervisor.wait(AbortSignal.timeout(1000));
    await expect(waiting).rejects.toThrow('being stopped');
    await expect(supervisor.bringUp()).rejects.toThrow('being stopped');
  });
});

describe('a deleted revision', () => {
  it('leaves no log lines', async () => {
    const { id } = putRevision();
    const line = { service: 'shop', revision: id, instance: 'i', stream: 'stdout' } as const;
    logs.append({ at: new Date(0).toISOString(), ...line, line: 'said' });
    const operation = operations.begin({
      kind: 'delete-revision',
      service: 'shop',
      revision: id,
      generation: 1,
    });
    reconciler.run(operation);
    await operations.wait(operation.id, 5000);
    expect(store.get('revisions', id)).toBeUndefined();
    expect(logs.query({ limit: 10 })).toEqual([]);
  });
});
