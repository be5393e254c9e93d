import { describe, expect, it } from 'vitest';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import type { FakeCore, FakeCoreOptions } from '../../testing/fake-core.ts';
import { ensureStack } from './ensure-stack.ts';
import { driveSampleTraffic } from './sample-traffic.ts';
import { setSampleTraffic } from './set-sample-traffic.ts';

async function stackOf(options: FakeCoreOptions = {}): Promise<FakeCore> {
  const fake = fakeCore(options);
  for (const id of (await ensureStack(fake.core)).operationIds) await endOf(fake.core, id);
  fake.probe.requests.length = 0;
  return fake;
}

describe('sample traffic', () => {
  it('sends the documented requests with the sample key at its rate, and stops', async () => {
    const fake = await stackOf();
    const ending = new AbortController();
    const driving = driveSampleTraffic(fake.core, ending.signal);
    await setSampleTraffic(fake.core, { on: true, requestsPerSecond: 20 });
    const start = fake.clock.now();
    await expect.poll(() => fake.clock.now() - start).toBeGreaterThan(3000);
    await setSampleTraffic(fake.core, { on: false, requestsPerSecond: 20 });
    const seconds = (fake.clock.now() - start) / 1000;
    const { sent, failed } = fake.core.memory.sampleTraffic.value;
    expect(failed).toBe(0);
    expect(sent / seconds).toBeGreaterThan(15);
    expect(sent / seconds).toBeLessThan(25);
    const kinds = new Set(
      fake.probe.requests.map(({ method, url }) => `${method} ${new URL(url).pathname}`),
    );
    expect([...kinds].sort()).toEqual([
      'GET /api/v1/omni/summary',
      'GET /v1/models',
      'POST /v1/embeddings',
    ]);
    expect(fake.probe.requests[0]?.headers).toMatchObject({ 'x-api-key': 'sample-key' });
    ending.abort();
    await driving;
  });

  it('counts failures and says why the last one failed', async () => {
    let broken = false;
    const fake = await stackOf({
      answers: () =>
        broken ? { status: 401, elapsedMs: 1, revision: null, body: '', error: null } : null,
    });
    broken = true;
    const ending = new AbortController();
    const driving = driveSampleTraffic(fake.core, ending.signal);
    await setSampleTraffic(fake.core, { on: true, requestsPerSecond: 50 });
    await expect.poll(() => fake.core.memory.sampleTraffic.value.failed).toBeGreaterThan(3);
    expect(fake.core.memory.sampleTraffic.value.lastFailure).toBe('answered 401');
    ending.abort();
    await driving;
  });

  it('says what is missing while there is no gateway', async () => {
    const fake = fakeCore();
    const ending = new AbortController();
    const driving = driveSampleTraffic(fake.core, ending.signal);
    await setSampleTraffic(fake.core, { on: true, requestsPerSecond: 5 });
    await expect
      .poll(() => fake.core.memory.sampleTraffic.value.lastFailure)
      .toContain('no service gateway');
    ending.abort();
    await driving;
  });
});
