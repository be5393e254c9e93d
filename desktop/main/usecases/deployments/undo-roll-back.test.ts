import { describe, expect, it } from 'vitest';
import type { TrafficSplit } from '../../../shared/domain/traffic.ts';
import type { FakeCore } from '../../testing/fake-core.ts';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import { deploy } from './deploy.ts';
import { rollBack } from './roll-back.ts';
import { setTraffic } from './set-traffic.ts';
import { undoRollBack } from './undo-roll-back.ts';

const service = 'backend';

async function done(fake: FakeCore, began: Promise<{ operationId: string }>): Promise<string> {
  const { operationId } = await began;
  expect(await endOf(fake.core, operationId)).toMatchObject({ state: 'succeeded' });
  // Operations are told apart by when they were asked for.
  await fake.clock.advance(1_000);
  return operationId;
}

const trafficOf = async ({ provider }: FakeCore): Promise<TrafficSplit> =>
  (await provider.getService(service)).traffic;

/** Two revisions; the second serves and the service follows the latest. */
async function twice(fake: FakeCore): Promise<[first: string, second: string]> {
  const name = async (id: string): Promise<string> =>
    (await endOf(fake.core, id)).result?.revision ?? '';
  const order = { service, build: true, env: {} };
  const first = await name(await done(fake, deploy(fake.core, order)));
  const again = { ...order, build: false, env: { NOTE: 'two' } };
  return [first, await name(await done(fake, deploy(fake.core, again)))];
}

const back = (fake: FakeCore, revision: string): Promise<string> =>
  done(fake, rollBack(fake.core, { service, revision, reason: '' }));

describe('undoing a rollback', () => {
  it('follows the latest again, as before', async () => {
    const fake = fakeCore();
    const [first] = await twice(fake);
    const before = await trafficOf(fake);
    expect(before.followsLatest).toBe(true);
    const operationId = await back(fake, first);
    expect((await trafficOf(fake)).followsLatest).toBe(false);
    await done(fake, undoRollBack(fake.core, { operationId }));
    expect(await trafficOf(fake)).toEqual(before);
  });

  it('restores the exact split of before, by name', async () => {
    const fake = fakeCore();
    const [first, second] = await twice(fake);
    const shares = [
      { revision: second, percent: 70, tag: 'next' },
      { revision: first, percent: 30, tag: null },
    ];
    await done(fake, setTraffic(fake.core, { service, shares, reason: '' }));
    const before = await trafficOf(fake);
    const operationId = await back(fake, first);
    expect((await trafficOf(fake)).shares).not.toEqual(before.shares);
    await done(fake, undoRollBack(fake.core, { operationId }));
    expect(await trafficOf(fake)).toEqual(before);
  });

  it('restores a split of the latest and a named revision by name, never as all to the latest', async () => {
    const fake = fakeCore();
    const [first, second] = await twice(fake);
    const operationId = await back(fake, first);
    const shares = [
      { revision: second, percent: 20, tag: null },
      { revision: first, percent: 80, tag: null },
    ];
    const { operations } = fake.core.memory;
    operations.set(
      operations.value.map((operation) =>
        operation.id === operationId && operation.result !== null
          ? {
              ...operation,
              result: { ...operation.result, before: { shares, followsLatest: true } },
            }
          : operation,
      ),
    );
    await done(fake, undoRollBack(fake.core, { operationId }));
    expect(await trafficOf(fake)).toEqual({ shares, followsLatest: false });
  });

  it('is over once something else was asked for, or was done without the console', async () => {
    const fake = fakeCore();
    const [first, second] = await twice(fake);
    const operationId = await back(fake, first);
    const wanted = {
      kind: 'split',
      shares: [{ revision: second, percent: 100, tag: null }],
    } as const;
    await fake.provider.setTraffic(service, wanted);
    await expect(undoRollBack(fake.core, { operationId })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    const later = await back(fake, first);
    await expect(undoRollBack(fake.core, { operationId })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('came after it') as string,
    });
    await done(fake, undoRollBack(fake.core, { operationId: later }));
    // An undo is a change like any other: it is not undone by the same button.
    await expect(undoRollBack(fake.core, { operationId: later })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });
});
