import { describe, expect, it } from 'vitest';
import type { BackendHealth } from '@omni/contracts/health.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import type { FakeCore, FakeCoreOptions } from '../../testing/fake-core.ts';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import { deploy } from '../deployments/deploy.ts';
import { planUpstream } from './plan-upstream.ts';
import { readUpstream } from './read-upstream.ts';
import { switchUpstream } from './switch-upstream.ts';

const OTHER = 'http://ml-worker.example.test:8080';
const OWN = 'http://backend.memory.test';

async function stack(options: FakeCoreOptions = {}): Promise<FakeCore> {
  const fake = fakeCore(options);
  fake.probe.backendAnswers((url) => ({
    health: url === OTHER || url === OWN ? ({ status: 'healthy' } as BackendHealth) : null,
    elapsedMs: 1,
    error: 'connection refused',
  }));
  for (const service of ['backend', 'gateway']) {
    const { operationId } = await deploy(fake.core, { service, build: true, env: {} });
    await endOf(fake.core, operationId);
  }
  return fake;
}

async function switched(fake: FakeCore, url: string): ReturnType<typeof endOf> {
  const { operationId } = await switchUpstream(fake.core, { url });
  return endOf(fake.core, operationId);
}

describe('a switch of the upstream', () => {
  it('is planned with the address as a change and the health of the new backend', async () => {
    const plan = await planUpstream((await stack()).core, { url: `${OTHER}/` });
    expect(plan).toMatchObject({ kind: 'switch_upstream', impact: 'revision' });
    expect(plan.rows.find(({ field }) => field === 'UPSTREAM_URL')).toMatchObject({
      current: OWN,
      next: OTHER,
      change: 'changed',
    });
    expect(plan.checks[0]).toMatchObject({ title: 'The new backend is healthy', ok: true });
  });

  it('ends with a gateway that calls the new address, and later deploys leave it alone', async () => {
    const fake = await stack();
    const operation = await switched(fake, OTHER);
    expect(operation).toMatchObject({
      state: 'succeeded',
      upstream: { from: OWN, to: OTHER },
      result: { previousRevision: 'gateway-00001-mem' },
    });
    expect(await readUpstream(fake.core)).toEqual({ url: OTHER, own: OWN });
    const { operationId } = await deploy(fake.core, { service: 'gateway', build: false, env: {} });
    await endOf(fake.core, operationId);
    expect((await readUpstream(fake.core)).url).toBe(OTHER);
  });

  it('can be switched back to the backend of the stack, which deploys then follow again', async () => {
    const fake = await stack();
    await switched(fake, OTHER);
    expect(await switched(fake, OWN)).toMatchObject({ state: 'succeeded' });
    const [serving] = await fake.provider.listRevisions('gateway');
    expect(serving?.template.env.map(({ name }) => name)).not.toContain('UPSTREAM_PINNED');
  });

  it('refuses a backend that is not healthy before anything is changed', async () => {
    const writes: string[] = [];
    const fake = await stack({ onWrite: (call) => writes.push(call) });
    writes.length = 0;
    const url = 'http://nobody.example.test';
    await expect(switchUpstream(fake.core, { url })).rejects.toMatchObject({
      code: 'UPSTREAM_UNHEALTHY',
    });
    await expect(switchUpstream(fake.core, { url: OWN })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(writes).toEqual([]);
  });

  it('goes back by itself from a healthy backend that refuses the signature of the gateway', async () => {
    const fake = await stack({
      answers: ({ url, headers }) =>
        url.endsWith('/v1/models') && headers?.['x-api-key'] !== undefined
          ? { status: 401, elapsedMs: 1, revision: 'gateway', body: '', error: null }
          : null,
    });
    const operation = await switched(fake, OTHER);
    expect(operation.error?.message).toContain('/v1/models through the gateway: 401');
    expect(operation.error?.nextStep).toContain('PRINCIPAL_SECRET');
    expect((await readUpstream(fake.core)).url).toBe(OWN);
  });

  it('goes back by itself when the backend does not answer through the gateway', async () => {
    const fake = await stack({
      answers: ({ url, headers }) =>
        url.endsWith('/api/health') && headers?.['x-api-key'] !== undefined
          ? { status: 502, elapsedMs: 1, revision: 'gateway', body: '', error: null }
          : null,
    });
    const operation = await switched(fake, OTHER);
    expect(operation).toMatchObject({ state: 'failed', error: { code: 'UPSTREAM_UNHEALTHY' } });
    const gateway = await fake.provider.getService('gateway');
    expect(servingRevision(gateway)).toBe('gateway-00001-mem');
    expect((await readUpstream(fake.core)).url).toBe(OWN);
  });
});
