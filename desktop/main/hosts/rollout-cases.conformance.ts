import { expect } from 'vitest';
import type { FakeCore } from '../testing/fake-core.ts';
import { endOf } from '../testing/fake-core.ts';
import type { Case, ConsoleClient } from './contract.conformance.ts';

/** Both services serve; returns the gateway's revision. */
async function deployStack(client: ConsoleClient, fake: FakeCore): Promise<string> {
  const { operationIds } = await client.stack.ensure();
  const ended = await Promise.all(operationIds.map((id) => endOf(fake.core, id)));
  return ended.at(-1)?.result?.revision ?? '';
}

/** A canary of the gateway that gets 5 % and no requests: it stays there. */
async function heldCanary(client: ConsoleClient, fake: FakeCore): Promise<string> {
  await deployStack(client, fake);
  const what = { kind: 'deploy', build: false } as const;
  const { operationId } = await client.canary.start({ service: 'gateway', what });
  for await (const { canary } of await client.operations.watch({ id: operationId })) {
    if (canary?.weightSet === 5) return operationId;
  }
  throw new Error('the canary ended');
}

const notRunning: (kind: 'hold' | 'resume' | 'promote' | 'abort') => Case =
  (kind) => async (client) => {
    const call = client.canary[kind]({ id: 'none' });
    await expect(call).rejects.toMatchObject({ code: 'CANARY_NOT_RUNNING', defined: true });
  };

/** Canaries, splits by hand, releases and the gateway's upstream. */
export const ROLLOUT_CASES: Readonly<Record<string, Case>> = {
  'canary.start': async (client, fake) => {
    const id = await heldCanary(client, fake);
    expect(await client.canary.hold({ id, reason: 'looking' })).toEqual({ id });
    expect(await client.canary.abort({ id })).toEqual({ id });
    const { state, canary } = await endOf(fake.core, id);
    expect({ state, end: canary?.end?.kind }).toEqual({ state: 'cancelled', end: 'aborted' });
  },
  'canary.hold': notRunning('hold'),
  'canary.resume': notRunning('resume'),
  'canary.promote': async (client, fake) => {
    const id = await heldCanary(client, fake);
    await client.canary.promote({ id });
    expect(await endOf(fake.core, id)).toMatchObject({ state: 'succeeded' });
  },
  'canary.abort': notRunning('abort'),
  'releases.list': async (client, fake) => {
    const gateway = await deployStack(client, fake);
    const { serving, releases, lastGood } = await client.releases.list();
    expect(serving.map(({ revision }) => revision)).toContain(gateway);
    expect({ releases, lastGood }).toEqual({ releases: [], lastGood: null });
  },
  'releases.start': async (client, fake) => {
    await deployStack(client, fake);
    const { operationId } = await client.releases.start({});
    const { release } = await endOf(fake.core, operationId);
    expect(release).toMatchObject({ state: 'known-good' });
    expect((await client.releases.list()).releases).toMatchObject([{ id: operationId }]);
  },
  'releases.rollBack': async (client) => {
    const call = client.releases.rollBack({ id: 'none', to: 'itself' });
    await expect(call).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND', defined: true });
  },
  'traffic.set': async (client, fake) => {
    const revision = await deployStack(client, fake);
    const shares = [{ revision, percent: 100, tag: 'blue' }];
    const { operationId } = await client.traffic.set({ service: 'gateway', shares });
    expect(await endOf(fake.core, operationId)).toMatchObject({ state: 'succeeded' });
    const wrong = client.traffic.set({
      service: 'gateway',
      shares: [{ revision, percent: 40, tag: null }],
    });
    await expect(wrong).rejects.toMatchObject({ code: 'TRAFFIC_SPLIT_INVALID' });
  },
  'upstream.read': async (client, fake) => {
    await deployStack(client, fake);
    const { url, own } = await client.upstream.read();
    expect(url).toBe(own);
  },
  'upstream.plan': async (client, fake) => {
    await deployStack(client, fake);
    const plan = await client.upstream.plan({ url: 'http://other.example.test' });
    expect(plan).toMatchObject({ kind: 'switch_upstream', impact: 'revision' });
    expect(plan.checks[0]).toMatchObject({ ok: false });
  },
  'upstream.switch': async (client, fake) => {
    await deployStack(client, fake);
    const call = client.upstream.switch({ url: 'http://other.example.test' });
    await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_UNHEALTHY', defined: true });
  },
};
