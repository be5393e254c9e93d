import { describe, expect, it } from 'vitest';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import { startUp } from '../start-up.ts';
import { ensureStack, ensureStackAtStart } from './ensure-stack.ts';
import { readStackStatus } from './stack-status.ts';

const alive = new AbortController().signal;

describe('the first start', () => {
  it('deploys the backend, then the gateway with the address of the backend', async () => {
    const { core, provider } = fakeCore();
    await startUp(core, { autoDeploy: true, signal: alive });
    expect((await readStackStatus(core)).phase).toBe('deploying');
    for (const id of core.memory.stackOperations.value) await endOf(core, id);
    const [gateway] = await provider.listRevisions('gateway');
    expect(gateway?.template.env).toContainEqual({
      name: 'UPSTREAM_URL',
      value: 'http://backend.memory.test',
    });
    expect(await readStackStatus(core)).toMatchObject({
      phase: 'ready',
      gatewayUrl: 'http://gateway.memory.test',
      backendUrl: 'http://backend.memory.test',
    });
  });

  it('deploys nothing twice', async () => {
    const { core } = fakeCore();
    const first = await ensureStack(core);
    const second = await ensureStack(core);
    expect(second.operationIds).toEqual(first.operationIds);
    for (const id of first.operationIds) await endOf(core, id);
    expect(await ensureStack(core)).toEqual({ operationIds: [] });
  });

  it('does not deploy the gateway when the backend failed, and says so', async () => {
    const { core, provider } = fakeCore({ failure: () => 'out of memory' });
    const { operationIds } = await ensureStack(core);
    const [backend, gateway] = await Promise.all(operationIds.map((id) => endOf(core, id)));
    expect(backend?.error?.message).toContain('out of memory');
    expect(gateway?.error).toMatchObject({
      code: 'CONFLICT',
      nextStep: 'Deploy backend first, then this service.',
    });
    expect(await provider.listRevisions('gateway')).toEqual([]);
    expect((await readStackStatus(core)).phase).toBe('failed');
  });

  it.each(['read-only', 'protected'] as const)('leaves a %s target alone', async (mode) => {
    const { core, consent } = fakeCore({ mode });
    await startUp(core, { autoDeploy: true, signal: alive });
    expect(core.memory.operations.value).toEqual([]);
    expect(consent.asked).toEqual([]);
  });

  it('waits for the platform and says why meanwhile', async () => {
    const { core, provider, clock } = fakeCore();
    provider.becomeUnreachable('The local cloud is starting.');
    const started = startUp(core, { autoDeploy: true, signal: alive });
    expect(await readStackStatus(core)).toMatchObject({
      phase: 'unreachable',
      reason: 'The local cloud is starting.',
    });
    await expect.poll(() => clock.now()).toBeGreaterThan(Date.UTC(2026, 0, 1) + 1000);
    provider.becomeUnreachable(null);
    expect((await readStackStatus(core)).phase).toBe('connecting');
    await started;
    expect(core.memory.operations.value).toHaveLength(2);
  });
});

describe('the first deploy, which nobody asked for', () => {
  it('leaves entries of its own and of what became of it', async () => {
    const { core, audit } = fakeCore();
    await ensureStackAtStart(core);
    await core.runner.settled();
    const entries = await audit.list(10);
    expect(entries.filter(({ action }) => action === 'stack.ensure')).toMatchObject([
      { actor: 'console', outcome: 'ok', detail: expect.stringContaining('operation=') as string },
    ]);
    const ends = entries.filter(({ action }) => action === 'deploy.finished');
    expect(ends.map(({ subject }) => subject).sort()).toEqual(['backend', 'gateway']);
  });
});
