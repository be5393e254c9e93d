import { describe, expect, it } from 'vitest';
import type { BilledShape } from './estimate.ts';
import {
  estimateAutopilotCost,
  estimateInstanceCost,
  estimateMonthlyCost,
  togetherUsd,
} from './estimate.ts';
import { isStaleTable, LIST_PRICES, pricesIn } from './price-table.ts';
import { evenConcurrency, SECONDS_PER_MONTH } from './usage.ts';

const small: BilledShape = { cpu: 1, memoryMib: 512, minInstances: 0, concurrency: 200 };
const silent = { requestsPerMonth: 0, meanSeconds: 0, concurrency: null };

describe('billing by request', () => {
  it('costs the requests alone where the time is within the free part (golden)', () => {
    const usage = { requestsPerMonth: 3e6, meanSeconds: 0.12, concurrency: 10 };
    expect(estimateMonthlyCost(small, usage).monthlyUsd).toBeCloseTo(0.4, 10);
  });

  it('costs nothing without traffic and without warm instances', () => {
    expect(estimateMonthlyCost(small, silent).monthlyUsd).toBe(0);
  });

  it('costs the warm instance by CPU and memory, and less of it the more it serves', () => {
    const warm = { ...small, minInstances: 1 };
    const idle = SECONDS_PER_MONTH * (1 + 0.5) * 0.0000025;
    expect(estimateMonthlyCost(warm, silent).monthlyUsd).toBeCloseTo(idle, 10);
    const half = { requestsPerMonth: SECONDS_PER_MONTH / 2, meanSeconds: 1, concurrency: 1 };
    const { lines } = estimateMonthlyCost(warm, half);
    expect(lines.find(({ item }) => item === 'CPU kept warm')?.units).toBe(SECONDS_PER_MONTH / 2);
  });

  it('adds every part by hand', () => {
    const shape = { cpu: 2, memoryMib: 2048, minInstances: 0, concurrency: 80 };
    const usage = { requestsPerMonth: 10e6, meanSeconds: 0.5, concurrency: 5 };
    // 1,000,000 busy seconds: 2,000,000 vCPU-s and GiB-s.
    const byHand = (2e6 - 180e3) * 2.4e-5 + (2e6 - 360e3) * 2.5e-6 + (10e6 - 2e6) * 4e-7;
    const { monthlyUsd, lines } = estimateMonthlyCost(shape, usage);
    expect(monthlyUsd).toBeCloseTo(byHand, 8);
    expect(lines.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(monthlyUsd, 10);
  });

  it('gives the free part once to several services', () => {
    const usage = { requestsPerMonth: 2e6, meanSeconds: 0.01, concurrency: 1 };
    const alone = estimateMonthlyCost(small, usage);
    expect(alone.monthlyUsd).toBe(0);
    expect(togetherUsd([alone, alone])).toBeCloseTo(2e6 * 4e-7, 10);
    expect(togetherUsd([])).toBe(0);
  });

  it('derives from even traffic how many requests share an instance, within the limit', () => {
    const usage = (requestsPerMonth: number): Parameters<typeof evenConcurrency>[0] => ({
      requestsPerMonth,
      meanSeconds: 1,
      concurrency: null,
    });
    expect(evenConcurrency(silent, 80)).toBe(1);
    expect(evenConcurrency(usage(SECONDS_PER_MONTH / 1000), 80)).toBeCloseTo(1.0005, 4);
    expect(evenConcurrency(usage(SECONDS_PER_MONTH * 20), 80)).toBeCloseTo(20, 6);
    expect(evenConcurrency(usage(SECONDS_PER_MONTH * 20), 8)).toBe(8);
  });
});

describe('billing by instance (golden)', () => {
  it.each([
    [1, 2048, 52.6],
    [2, 4096, 110.41],
  ])('%d vCPU and %d MiB always on', (cpu, memoryMib, usd) => {
    expect(estimateInstanceCost({ cpu, memoryMib }, 1).monthlyUsd).toBeCloseTo(usd, 2);
  });
});

describe('Autopilot in europe-west1 (golden)', () => {
  it.each([
    [2, 4, 87.41],
    [4, 8, 174.78],
  ])('%d vCPU and %d GiB, the cluster fee covered by the credit', (vcpu, gib, usd) => {
    const pods = [{ vcpu, gib, ephemeralGib: 1 }];
    expect(estimateAutopilotCost(pods, 'europe-west1')).toBeCloseTo(usd, 2);
  });

  it('has no price for a region that is not in the table', () => {
    expect(() => estimateAutopilotCost([], 'nowhere')).toThrow('nowhere');
  });
});

describe('the price table', () => {
  it('is dearer in the regions of tier 2, the fee per request is not', () => {
    const usage = { requestsPerMonth: 10e6, meanSeconds: 0.5, concurrency: 5 };
    const at = (region: string): number[] =>
      estimateMonthlyCost(small, usage, pricesIn(region)).lines.map(({ usd }) => usd);
    const [cheap, dear] = [at('europe-west1'), at('europe-west3')];
    expect(dear.map((usd, index) => usd / (cheap[index] ?? NaN)).slice(0, 3)).toEqual([
      expect.closeTo(1.4, 10) as number,
      expect.closeTo(1.4, 10) as number,
      1,
    ]);
    const always = estimateInstanceCost(small, 1, pricesIn('europe-west3')).monthlyUsd;
    expect(always).toBeCloseTo(estimateInstanceCost(small, 1).monthlyUsd * 1.2, 10);
  });

  it.each([
    ['2026-11-25', false],
    ['2027-04-30', false],
    ['2027-05-01', true],
  ])('on %s it is stale: %s', (day, stale) => {
    expect(isStaleTable(LIST_PRICES, Date.parse(day))).toBe(stale);
  });
});
