import { describe, expect, it } from 'vitest';
import type { RevisionTemplate } from '../../../shared/domain/revision.ts';
import { describeDeploymentProvider } from '../deployment-provider.conformance.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryProvider } from './memory-provider.ts';

const working: RevisionTemplate = {
  image: `memory/service@sha256:${'0'.repeat(64)}`,
  env: [],
  port: 8080,
  cpu: 1,
  memoryMib: 512,
  minInstances: 0,
  maxInstances: 3,
  concurrency: 80,
  timeoutSeconds: 300,
  startupProbe: { path: '/health', periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 3 },
};
const failing = { ...working, env: [{ name: 'FAIL', value: 'yes' }] };

describeDeploymentProvider('in memory', () => {
  const provider = new MemoryProvider({
    clock: new ManualClock({ hurried: true }),
    startMs: 500,
    failure: ({ template }) => (template.env[0]?.name === 'FAIL' ? 'exit code 1' : null),
  });
  return Promise.resolve({
    provider,
    another: provider,
    working,
    failing,
    failingReason: 'exit code 1',
    slow: { ...working, env: [{ name: 'SLOW', value: 'yes' }] },
    prefix: 'case-',
    unknownOperation: 'operations/none',
    cut: () => {
      provider.becomeUnreachable('The platform is switched off.');
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
});

describe('MemoryProvider', () => {
  const request = { service: 'gateway', template: working, deployId: 'one' };

  it('takes the time it was told to', async () => {
    const clock = new ManualClock();
    const provider = new MemoryProvider({ clock, startMs: 1_000 });
    const operation = await provider.createRevision(request);
    const waiting = provider.waitFor(operation, AbortSignal.timeout(5_000));
    await clock.advance(999);
    expect(await provider.getService('gateway')).toMatchObject({ reconciling: true });
    await clock.advance(60);
    expect(await waiting).toMatchObject({ state: 'succeeded' });
  });

  it('plays a conflict once', async () => {
    const provider = new MemoryProvider({ clock: new ManualClock() });
    await provider.createRevision(request);
    provider.conflictOnNextWrite();
    const latest = { kind: 'latest' } as const;
    await expect(provider.setTraffic('gateway', latest)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(provider.setTraffic('gateway', latest)).resolves.toMatchObject({
      service: 'gateway',
    });
  });

  it('tells about a write before it is made', async () => {
    const writes: string[] = [];
    const provider = new MemoryProvider({
      clock: new ManualClock(),
      onWrite: (call) => {
        writes.push(call);
        throw new Error('stop');
      },
    });
    await expect(provider.createRevision(request)).rejects.toThrow('stop');
    expect(writes).toEqual(['createRevision']);
    expect(await provider.listServices()).toEqual([]);
  });
});
