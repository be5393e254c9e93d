import { describe, expect, it } from 'vitest';
import { estimateMonthlyCost } from '../../../shared/domain/cost/estimate.ts';
import { SECONDS_PER_MONTH } from '../../../shared/domain/cost/usage.ts';
import type { Core } from '../core.ts';
import type { FakeCore } from '../../testing/fake-core.ts';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import { ensureStack } from '../stack/ensure-stack.ts';
import { estimateCost } from './estimate-cost.ts';
import type { MeasuredUsage } from '../../ports/metrics-source.ts';

async function stack(): Promise<FakeCore> {
  const fake = fakeCore();
  for (const id of (await ensureStack(fake.core)).operationIds) await endOf(fake.core, id);
  return fake;
}

function measuring({ ports, ...core }: Core, usage: MeasuredUsage): Core {
  const metrics = { ...ports.metrics, usage: () => Promise.resolve(usage) };
  return { ...core, ports: { ...ports, session: ports.session, metrics } };
}

describe('the estimate of a target', () => {
  it('is empty while nothing is deployed', async () => {
    const report = await estimateCost(fakeCore().core);
    expect(report).toMatchObject({ services: [], totalUsd: 0, billed: false });
  });

  it('says what the same would cost where nothing is paid, and what it assumes', async () => {
    const { core } = await stack();
    const report = await estimateCost(core);
    expect(report).toMatchObject({ billed: false, region: 'europe-west1', isStale: false });
    expect(report.services.map(({ service, basis }) => [service, basis.source])).toEqual([
      ['backend', 'assumed'],
      ['gateway', 'assumed'],
    ]);
    expect(report.services[0]?.basis.words).toContain('1,000,000 requests a month of 100 ms');
    expect(report.totalUsd).toBeGreaterThan(0);
  });

  it('makes a month of what was measured', async () => {
    const { core, provider } = await stack();
    const usage = { requests: 3_600, busySeconds: 180, overSeconds: 3_600 };
    const report = await estimateCost(measuring(core, usage));
    const [newest] = await provider.listRevisions('gateway');
    if (newest === undefined) throw new Error('The gateway is deployed.');
    const byHand = estimateMonthlyCost(newest.template, {
      requestsPerMonth: SECONDS_PER_MONTH,
      meanSeconds: 0.05,
      concurrency: null,
    });
    const gateway = report.services.find(({ service }) => service === 'gateway');
    expect(gateway?.estimate.monthlyUsd).toBeCloseTo(byHand.monthlyUsd, 10);
    expect(gateway?.basis.words).toBe(
      'measured: 3,600 requests in the last 60 min, 50.0 ms on average, as if every minute of the month were like that',
    );
  });
});
