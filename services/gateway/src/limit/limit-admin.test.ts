import { perMinutePolicy } from '@omni/contracts/limits.ts';
import { describe, expect, it } from 'vitest';
import { createLimitAdmin, LimitStoreError } from './limit-admin.ts';
import type { LimitAdmin } from './limit-admin.ts';
import { NO_ROUTE } from './limit-plan.ts';
import { Limits } from './limits.ts';
import { LocalLimiter } from './local-limiter.ts';
import { QuotaLeases } from './quota/quota-leases.ts';
import type { QuotaStore } from './quota/quota-store.ts';
import { keyOf, NO_SETTINGS, quotaOf, testMeter } from './testing/limit-fixtures.ts';

const noStore = (): Promise<QuotaStore> => Promise.reject(new Error('away'));

function rig(): { limits: Limits; admin: LimitAdmin } {
  const local = new LocalLimiter(undefined, () => 1_000);
  const all = perMinutePolicy('all', 10, { scope: 'global' });
  const limits = new Limits({
    settings: { ...NO_SETTINGS, defaultPerMinute: 3, gateway: { policies: [all], quotas: [] } },
    meter: testMeter(),
    redis: null,
    quotas: new QuotaLeases({
      store: noStore,
      events: { alert: () => undefined, failed: () => undefined, recovered: () => undefined },
      reported: () => undefined,
    }),
    local,
  });
  const { planner } = limits;
  return { limits, admin: createLimitAdmin({ planner, local, redis: null, quotaStore: noStore }) };
}

describe('the admin side of limits', () => {
  it('peeks at all limits of a key and spends nothing', async () => {
    const { limits, admin } = rig();
    const key = keyOf('k');
    await limits.check(key, NO_ROUTE, '');
    for (let i = 0; i < 3; i += 1) {
      const states = (await admin.peek({ key })).limits;
      expect(states.map(({ policy, remaining, source }) => [policy.id, remaining, source])).toEqual(
        [
          ['key', 2, 'local'],
          ['all', 9, 'local'],
        ],
      );
    }
  });

  it('resets the limit that is named, for that key alone', async () => {
    const { limits, admin } = rig();
    const outcome = async (id: string): Promise<string> =>
      (await limits.check(keyOf(id), NO_ROUTE, '')).outcome;
    for (const id of ['a', 'a', 'a', 'b', 'b', 'b']) await outcome(id);
    expect(await admin.reset({ key: keyOf('a') }, 'key')).toBe(1);
    expect([await outcome('a'), await outcome('b')]).toEqual(['admitted', 'rate_limited']);
    expect(await admin.reset({ key: keyOf('a') }, 'nope')).toBe(0);
  });

  it('says when a store is away', async () => {
    const { admin } = rig();
    const quotas = [quotaOf({ id: 'q', period: 'day', limit: 5 })];
    await expect(admin.peek({ key: keyOf('k', { quotas }) })).rejects.toThrow(LimitStoreError);
  });
});
