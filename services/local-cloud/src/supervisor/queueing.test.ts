import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeMachine } from '../../test-kit/fake-machine.ts';
import type { RevisionRecord, Template } from '../model/resources.ts';
import { RevisionSupervisor } from './revision-supervisor.ts';
import type { RunningInstance } from './instance-factory.ts';
import { NO_SHARE, shareOf } from './service-share.ts';

const NEVER = new AbortController().signal;
let machine: FakeMachine;
let supervisor: RevisionSupervisor;

beforeEach(() => {
  vi.useFakeTimers();
  machine = new FakeMachine();
});

afterEach(async () => {
  const stopped = supervisor.stop();
  await vi.advanceTimersByTimeAsync(1000);
  await stopped;
  expect(machine.running()).toEqual([]);
  vi.useRealTimers();
});

function supervise(template: Template): RevisionSupervisor {
  const revision: RevisionRecord = {
    id: 'shop-1',
    uid: 'u',
    service: 'shop',
    generation: 1,
    template,
    createdAt: 0,
    changedAt: 0,
    state: 'ready',
    failure: null,
    digest: 'd',
  };
  const factory = machine.factory({ onCrash: () => undefined, onStable: () => undefined });
  supervisor = new RevisionSupervisor(revision, factory, { warmMs: 5_000, idleMs: 5_000 });
  supervisor.setServing(true, NO_SHARE);
  return supervisor;
}

/** As the fleet does it: once a second. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await vi.advanceTimersByTimeAsync(1000);
    supervisor.trim(Date.now());
  }
}

/** What became of requests that ask for an instance as the router does. */
function held(count: number): { given: RunningInstance[]; refused: Error[] } {
  const outcome = { given: [] as RunningInstance[], refused: [] as Error[] };
  for (let index = 0; index < count; index += 1) {
    const taken = supervisor.take();
    const instance = taken === null ? supervisor.wait(NEVER) : Promise.resolve(taken);
    instance.then(
      (given) => outcome.given.push(given),
      (error: unknown) => outcome.refused.push(error as Error),
    );
  }
  return outcome;
}

describe('a burst from zero', () => {
  it('waits for the cold start, and not one request is lost', async () => {
    supervise({ maxInstanceRequestConcurrency: 40, scaling: { maxInstanceCount: 3 } });
    expect(machine.running()).toEqual([]);
    const { given, refused } = held(120);
    await pass(1);
    expect(given).toHaveLength(120);
    expect(refused).toEqual([]);
    const counts = machine.running().map(({ inFlight }) => inFlight);
    expect(counts).toEqual([40, 40, 40]);
    for (const instance of given) supervisor.release(instance);
    await pass(8);
    expect(machine.running()).toEqual([]);
  });

  it('outwaits a slow start, however long the queue may be otherwise', async () => {
    supervise({ labels: { behaviour: 'slow' }, scaling: { maxInstanceCount: 1 } });
    const { given, refused } = held(80);
    await pass(4);
    expect(given).toHaveLength(80);
    expect(refused).toEqual([]);
  });
});

describe('more requests than the service may serve', () => {
  it('wait for room, and get 429 after ten seconds without any', async () => {
    supervise({ maxInstanceRequestConcurrency: 1, scaling: { maxInstanceCount: 2 } });
    const { given, refused } = held(4);
    await pass(5);
    expect(given).toHaveLength(2);
    expect(machine.running()).toHaveLength(2);
    const [first] = given;
    if (first !== undefined) supervisor.release(first);
    await pass(1);
    expect(given).toHaveLength(3);
    expect(refused).toEqual([]);
    await pass(5);
    expect(refused).toMatchObject([{ status: 429 }]);
    expect(machine.running()).toHaveLength(2);
  });

  it('are refused at once when a thousand wait already', async () => {
    supervise({ maxInstanceRequestConcurrency: 1, scaling: { maxInstanceCount: 1 } });
    const { refused } = held(1001);
    await vi.advanceTimersByTimeAsync(0);
    expect(refused).toMatchObject([{ status: 429 }]);
    await pass(12);
    expect(refused).toHaveLength(1000);
  });
});

describe('scaling by hand', () => {
  const manual = (manualInstanceCount: number): ReturnType<typeof shareOf> =>
    shareOf({ scalingMode: 'MANUAL', manualInstanceCount }, 100);

  it('keeps exactly so many, whatever the load and the limits of the revision', async () => {
    supervise({ maxInstanceRequestConcurrency: 1, scaling: { maxInstanceCount: 1 } });
    supervisor.setServing(true, manual(3));
    await pass(1);
    expect(machine.running()).toHaveLength(3);
    const { given } = held(5);
    await pass(2);
    expect(given).toHaveLength(3);
    expect(machine.running()).toHaveLength(3);
    for (const instance of given.slice(0, 3)) supervisor.release(instance);
    await vi.advanceTimersByTimeAsync(1);
    for (const instance of given.slice(3)) supervisor.release(instance);
    supervisor.setServing(true, manual(1));
    await pass(2);
    expect(machine.running()).toHaveLength(1);
  });

  it('down to none refuses requests at once', async () => {
    supervise({});
    supervisor.setServing(true, manual(0));
    const { refused } = held(1);
    await pass(1);
    expect(refused).toMatchObject([{ status: 503 }]);
    expect(machine.running()).toEqual([]);
  });
});
