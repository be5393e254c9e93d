import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import type { QuotaPolicy } from '@omni/contracts/limits.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PlannedQuota } from '../limit-plan.ts';
import { quotaOf, until } from '../testing/limit-fixtures.ts';
import { openPostgresQuotaStore } from './postgres-quota-store.ts';
import type { QuotaStore } from './quota-store.ts';
import { QuotaLeases } from './quota-leases.ts';
import type { QuotaVerdict } from './quota-leases.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 60_000 });

let postgres: TestPostgres;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
afterAll(() => postgres.stop());

interface Instance {
  leases: QuotaLeases;
  alerts: number[];
  failures: string[];
}

/** An instance of the gateway, as far as quotas go. */
async function instance(at?: () => Date | null): Promise<Instance> {
  const store = await openStore(at);
  const alerts: number[] = [];
  const failures: string[] = [];
  const leases = new QuotaLeases({
    store: () => Promise.resolve(store),
    events: {
      alert: (_counter, percent) => alerts.push(percent),
      failed: (error) => failures.push(error.message),
      recovered: () => undefined,
    },
    reported: () => undefined,
  });
  return { leases, alerts, failures };
}

async function openStore(at?: () => Date | null): Promise<QuotaStore> {
  const store = await openPostgresQuotaStore(postgres.url, at);
  cleanups.push(() => store.close());
  return store;
}

let counters = 0;
function quota(rest: Partial<QuotaPolicy>): PlannedQuota[] {
  counters += 1;
  const policy = quotaOf({ id: 'q', period: 'day', limit: 100, ...rest });
  return [{ quota: policy, counterId: `counter${counters}` }];
}

const take = async ({ leases }: Instance, quotas: PlannedQuota[]): Promise<QuotaVerdict['kind']> =>
  (await leases.take(quotas)).kind;

/** How many of so many requests, all under way at once, are let through. */
async function admitted(
  all: Instance[],
  quotas: PlannedQuota[],
  requests: number,
): Promise<number> {
  const asked = Array.from({ length: requests }, async (_, i) => {
    const one = all[i % all.length];
    return one === undefined ? 'none' : take(one, quotas);
  });
  return (await Promise.all(asked)).filter((kind) => kind === 'taken').length;
}

describe('a quota', () => {
  it('is used up to the last unit by one instance and over several at once', async () => {
    const alone = quota({ limit: 250 });
    expect(await admitted([await instance()], alone, 400)).toBe(250);
    const all = [await instance(), await instance(), await instance()];
    const shared = quota({ limit: 90 });
    expect(await admitted(all, shared, 300)).toBe(90);
  });

  it('is never exceeded when several instances take from large leases', async () => {
    const all = [await instance(), await instance(), await instance()];
    const quotas = quota({ limit: 3_000 });
    let count = 0;
    for (let round = 0; round < 20; round += 1) count += await admitted(all, quotas, 200);
    expect(count).toBeLessThanOrEqual(3_000);
    // What is missing sits in leases of at most one block (30) per instance.
    expect(count).toBeGreaterThanOrEqual(3_000 - 3 * 30);
    for (const each of all) await each.leases.stop();
    // Given back at the end, so the next one finds it.
    expect(count + (await admitted([await instance()], quotas, 200))).toBe(3_000);
  });

  it('survives a killed instance: never over, one lease lost at most', async () => {
    const quotas = quota({ limit: 1_000 });
    const killed = await instance();
    const before = await admitted([killed], quotas, 15);
    // Its store is never told: that is all that kill -9 does.
    const after = await admitted([await instance()], quotas, 1_200);
    expect(before).toBe(15);
    expect(before + after).toBeLessThanOrEqual(1_000);
    expect(before + after).toBeGreaterThanOrEqual(1_000 - 10);
  });

  it('costs the units of its policy, and nothing when another quota refuses', async () => {
    const one = await instance();
    const heavy = quota({ limit: 100, cost: 7 });
    expect(await admitted([one], heavy, 30)).toBe(14);
    const both = [...quota({ limit: 50 }), ...quota({ limit: 5 })];
    expect(await admitted([one], both, 60)).toBe(5);
    await one.leases.stop();
    expect(await admitted([await instance()], both.slice(0, 1), 60)).toBe(45);
  });

  it('gives back what a limit refused afterwards', async () => {
    const one = await instance();
    const quotas = quota({ limit: 3 });
    for (let i = 0; i < 10; i += 1) {
      expect(await take(one, quotas)).toBe('taken');
      one.leases.giveBack(quotas);
    }
    expect(await admitted([one], quotas, 10)).toBe(3);
  });

  it('raises each alert once over all instances', async () => {
    const all = [await instance(), await instance()];
    const quotas = quota({ limit: 200 });
    for (let i = 0; i < 10; i += 1) await admitted(all, quotas, 20);
    for (const each of all) await each.leases.stop();
    expect(all.flatMap(({ alerts }) => alerts).sort()).toEqual([80, 95]);
  });
});

describe('the calendar', () => {
  const resetInHours = async (quotas: PlannedQuota[], at: string): Promise<number> => {
    const store = await openStore(() => new Date(at));
    const [planned] = quotas;
    if (planned === undefined) return 0;
    return ((await store.read(planned.counterId, planned.quota)).resetInMs ?? 0) / 3_600_000;
  };

  it.each([
    ['day', 'UTC', '2026-11-25T10:00:00Z', 14],
    // 23 hours long: clocks go forward at 2.
    ['day', 'Europe/Berlin', '2026-03-28T23:00:00Z', 23],
    // 25 hours long.
    ['day', 'Europe/Berlin', '2026-10-24T22:00:00Z', 25],
    ['month', 'Europe/Berlin', '2026-02-28T23:00:00Z', 31 * 24 - 1],
    ['month', 'Asia/Kolkata', '2026-12-31T18:29:00Z', 1 / 60],
    ['day', 'Pacific/Kiritimati', '2026-11-25T09:30:00Z', 0.5],
  ] as const)('%s in %s at %s ends in %d hours', async (period, timeZone, at, hours) => {
    expect(await resetInHours(quota({ period, timeZone }), at)).toBeCloseTo(hours, 6);
  });

  it('renews a quota with the day, after exactly the announced wait', async () => {
    let now = new Date('2026-11-25T23:59:58.500Z');
    const one = await instance(() => now);
    const quotas = quota({ limit: 2 });
    expect(await admitted([one], quotas, 5)).toBe(2);
    const refused = await one.leases.take(quotas);
    expect(refused).toEqual({ kind: 'exceeded', retryAfterS: 2 });
    now = new Date(now.getTime() + refused.retryAfterS * 1_000);
    expect(await admitted([await instance(() => now)], quotas, 5)).toBe(2);
  });

  it('never renews a total, and says no time', async () => {
    const one = await instance();
    const quotas = quota({ period: 'total', limit: 1 });
    expect(await admitted([one], quotas, 3)).toBe(1);
    expect(await one.leases.take(quotas)).toEqual({ kind: 'exceeded', retryAfterS: 0 });
  });
});

describe('a reset', () => {
  it('makes the whole quota free, whatever was leased before', async () => {
    const store = await openStore();
    const old = await instance();
    const quotas = quota({ limit: 1_000 });
    const [planned] = quotas;
    if (planned === undefined) throw new Error('No quota');
    await admitted([old], quotas, 500);
    await store.reset(planned.counterId, planned.quota);
    expect(await store.read(planned.counterId, planned.quota)).toMatchObject({
      used: 0,
      reserved: 0,
    });
    // A lease of the time before is void: giving it back frees nothing.
    await old.leases.stop();
    expect(await admitted([await instance()], quotas, 1_200)).toBe(1_000);
  });
});

describe('a lost database', () => {
  it('refuses or lets through as the quota says, without making anybody wait, and comes back', async () => {
    const one = await instance();
    const closed = quota({ limit: 10 });
    const open = quota({ limit: 10, storeLoss: 'open' });
    expect(await take(one, closed)).toBe('taken');
    expect(await take(one, open)).toBe('taken');
    postgres.pause();
    try {
      // The first ones find out; from then on nobody waits.
      await until('the loss is known', async () => (await take(one, closed)) === 'unavailable');
      expect(await take(one, open)).toBe('taken');
      expect(one.leases.take(closed)).toMatchObject({ kind: 'unavailable' });
      for (let i = 0; i < 20; i += 1) expect(await take(one, open)).toBe('taken');
    } finally {
      postgres.resume();
    }
    await until('it is back', async () => (await take(one, closed)) === 'taken');
    // What was let through is owed, hence used up.
    await until('the debt counts', async () => (await take(one, open)) === 'exceeded');
    expect(one.failures.length).toBeGreaterThan(0);
  });
});
