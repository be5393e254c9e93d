import { describe, expect, it } from 'vitest';
import { limitsOf } from '../routing/limits-of.ts';
import type { LimitDecision } from './limit-decision.ts';
import { NO_LIMITS } from './limit-plan.ts';
import type { LimitedKey, LimitedRoute } from './limit-plan.ts';
import { Limits } from './limits.ts';
import { LocalLimiter } from './local-limiter.ts';
import type { LimitSettings } from './plan-limits.ts';
import { QuotaLeases } from './quota/quota-leases.ts';
import type { QuotaStore } from './quota/quota-store.ts';
import type { RedisLimiter } from './redis/redis-limiter.ts';
import { keyOf, NO_SETTINGS, policyOf, quotaOf, testMeter } from './testing/limit-fixtures.ts';
import type { TestMeter } from './testing/limit-fixtures.ts';

interface Rig {
  limits: Limits;
  meter: TestMeter;
  pass: (seconds: number) => void;
  check: (key: LimitedKey, route?: string | LimitedRoute, address?: string) => LimitDecision;
}

/** A route without limits of its own. */
const A = { id: '/a', limitSet: NO_LIMITS };

const toRoute = (route: string | LimitedRoute): LimitedRoute =>
  typeof route === 'string' ? { id: route, limitSet: NO_LIMITS } : route;

/** Limits in process with a clock of their own. */
function rig(settings: Partial<LimitSettings> = {}, redis: RedisLimiter | null = null): Rig {
  let nowMs = 1_000;
  const meter = testMeter();
  const store = fixedStore(5);
  const limits = new Limits({
    settings: { ...NO_SETTINGS, ...settings },
    meter,
    redis,
    quotas: new QuotaLeases({
      store: () => Promise.resolve(store),
      events: { alert: () => undefined, failed: () => undefined, recovered: () => undefined },
      reported: () => undefined,
    }),
    local: new LocalLimiter(undefined, () => nowMs),
  });
  const check: Rig['check'] = (key, route = '/a', address = '192.0.2.1') => {
    const decision = limits.check(key, toRoute(route), address);
    if (decision instanceof Promise) throw new Error('Not at once');
    return decision;
  };
  return { limits, meter, check, pass: (seconds) => (nowMs += seconds * 1_000) };
}

/** Grants so many units once, for ever. */
function fixedStore(units: number): QuotaStore {
  let left = units;
  return {
    lease: () => {
      const granted = left;
      left = 0;
      return Promise.resolve({
        ...{ period: 'total', generation: 0, granted, used: 0 },
        ...{ resetInMs: null, alert: 0 },
      });
    },
    settle: () => Promise.resolve(0),
    read: () => Promise.reject(new Error('Not asked')),
    reset: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/** Redis that does not answer, seen by so many instances. */
const lostRedis = (instances: number): RedisLimiter =>
  ({ instances, check: () => Promise.reject(new Error('lost')) }) as unknown as RedisLimiter;

const perMinute = (id: string, limit: number, rest: object = {}): ReturnType<typeof policyOf> =>
  policyOf({ id, kind: 'exact', limit, windowSeconds: 60, ...rest });

describe('limits of a key', () => {
  it('say in headers what is left, and when refused how long to wait', () => {
    const { check, pass } = rig({ defaultPerMinute: 2 });
    const key = keyOf('k');
    expect(check(key)).toEqual({
      outcome: 'admitted',
      policyHeader: '"key";q=2;w=60',
      limitHeader: '"key";r=1;t=60',
      retryAfterS: 0,
    });
    pass(10.4);
    check(key);
    const refused = check(key);
    expect(refused).toMatchObject({ outcome: 'rate_limited', limitHeader: '"key";r=0;t=50' });
    expect(refused.retryAfterS).toBe(50);
    pass(refused.retryAfterS);
    expect(check(key).outcome).toBe('admitted');
  });

  it('name all policies and the tightest state', () => {
    const limits = [
      perMinute('burst', 3),
      policyOf({ id: 'r', kind: 'rate', limit: 6_000, windowSeconds: 60, burst: 2 }),
    ];
    const { check } = rig();
    expect(check(keyOf('k', { limits }))).toMatchObject({
      policyHeader: '"burst";q=3;w=60, "r";q=6000;w=60',
      limitHeader: '"r";r=1;t=1',
    });
  });

  it('count in requests when a request costs several units', () => {
    const { check } = rig();
    const key = keyOf('k', { limits: [perMinute('heavy', 10, { cost: 4 })] });
    expect(check(key)).toMatchObject({
      policyHeader: '"heavy";q=2;w=60',
      limitHeader: '"heavy";r=1;t=60',
    });
    check(key);
    expect(check(key).outcome).toBe('rate_limited');
  });

  it('are those of the key, its own number beside its list, or the default', () => {
    const { check } = rig({ defaultPerMinute: 7 });
    expect(check(keyOf('a')).policyHeader).toBe('"key";q=7;w=60');
    expect(check(keyOf('b', { rateLimitPerMinute: 9 })).policyHeader).toBe('"key";q=9;w=60');
    const limits = [perMinute('key', 1)];
    expect(check(keyOf('c', { limits })).policyHeader).toBe('"key";q=1;w=60');
    const both = keyOf('d', { limits: [perMinute('key', 3)], rateLimitPerMinute: 2 });
    // Same name, counted apart: the list's has two left when the number's has one.
    expect(check(both).limitHeader).toBe('"key";r=1;t=60');
  });

  it('answer the same object for a request without any', () => {
    const { check } = rig();
    expect(check(keyOf('k'))).toMatchObject({
      outcome: 'admitted',
      policyHeader: '',
      limitHeader: '',
    });
  });
});

describe('scopes', () => {
  it('count by what they name', () => {
    const { check } = rig();
    const outcome = (
      id: string,
      scope: string,
      [identity, route, address]: string[] = [],
    ): string => {
      const limits = [perMinute('one', 1, { scope })];
      const key = keyOf(id, { limits, identity: identity ?? null });
      return check(key, route, address).outcome;
    };
    expect(outcome('k1', 'identity', ['alice'])).toBe('admitted');
    expect(outcome('k2', 'identity', ['alice'])).toBe('rate_limited');
    expect(outcome('k2', 'identity', ['bob'])).toBe('admitted');
    expect(outcome('k3', 'route', ['x', '/a'])).toBe('admitted');
    expect(outcome('k3', 'route', ['x', '/b'])).toBe('admitted');
    expect(outcome('k3', 'route', ['x', '/a'])).toBe('rate_limited');
    expect(outcome('k4', 'ip', ['x', '/a', '192.0.2.1'])).toBe('admitted');
    expect(outcome('k4', 'ip', ['x', '/a', '192.0.2.2'])).toBe('admitted');
    expect(outcome('k4', 'ip', ['x', '/a', '192.0.2.1'])).toBe('rate_limited');
    expect(outcome('k5', 'global')).toBe('admitted');
    expect(outcome('k6', 'global')).toBe('rate_limited');
  });

  it('give every route its limits, each key its own count there, by the version it came with', () => {
    const { check } = rig();
    const document = {
      limits: [perMinute('slow', 1), perMinute('all', 3, { scope: 'global' })],
      routes: [
        { id: '/a', limits: ['slow', 'all'] },
        { id: '/b', limits: ['all'] },
        { id: '/c', limits: [] },
      ],
    };
    const sets = limitsOf(document);
    const version = (id: string): LimitedRoute => ({ id, limitSet: sets.get(id) ?? NO_LIMITS });
    const [a, b, c] = [version('/a'), version('/b'), version('/c')];
    expect(check(keyOf('k'), a).outcome).toBe('admitted');
    expect(check(keyOf('k'), a).outcome).toBe('rate_limited');
    expect(check(keyOf('other'), a).outcome).toBe('admitted');
    expect(check(keyOf('k'), b).outcome).toBe('admitted');
    expect(check(keyOf('k'), b).outcome).toBe('rate_limited');
    expect(check(keyOf('k'), c).policyHeader).toBe('');
    // A version without the limits, and one more with them, beside the first: what was spent stays.
    expect(check(keyOf('k'), '/a').policyHeader).toBe('');
    expect(check(keyOf('k'), version('/a')).outcome).toBe('rate_limited');
    expect(check(keyOf('k'), a).outcome).toBe('rate_limited');
  });
});

describe('decisions', () => {
  it('are counted once for each limit that admits and for the one that refuses', () => {
    const { check, meter } = rig();
    const key = keyOf('k', { limits: [perMinute('a', 2), perMinute('b', 1)] });
    check(key);
    check(key);
    expect(meter.counts).toEqual([2, 1, 0, 0]);
  });

  it('give a quota back when a limit refuses, and the other way round', async () => {
    const { limits, check } = rig();
    const key = keyOf('k', {
      limits: [perMinute('two', 2)],
      quotas: [quotaOf({ id: 'q', period: 'total', limit: 5 })],
    });
    // The first request leases.
    await limits.check(key, A, '');
    check(key);
    for (let i = 0; i < 10; i += 1) expect(check(key).outcome).toBe('rate_limited');
    const other = keyOf('k', { quotas: key.quotas ?? [] });
    expect([1, 2, 3].map(() => check(other).outcome)).toEqual(['admitted', 'admitted', 'admitted']);
    expect(await limits.check(other, A, '')).toMatchObject({
      outcome: 'quota_exceeded',
      retryAfterS: 0,
    });
  });
});

describe('without the shared store', () => {
  const outcomes = async (
    policy: ReturnType<typeof perMinute>,
    instances: number,
    count: number,
  ): Promise<string[]> => {
    const { limits } = rig({}, lostRedis(instances));
    const key = keyOf('k', { limits: [policy] });
    const found: string[] = [];
    for (let i = 0; i < count; i += 1) found.push((await limits.check(key, A, '')).outcome);
    return found;
  };

  it('closed refuses, open lets through, local gives each instance its share', async () => {
    const closed = await outcomes(perMinute('c', 10, { storeLoss: 'closed' }), 3, 1);
    expect(closed).toEqual(['store_unavailable']);
    const open = await outcomes(perMinute('o', 1, { storeLoss: 'open' }), 3, 3);
    expect(open).toEqual(['admitted', 'admitted', 'admitted']);
    const local = await outcomes(perMinute('l', 10), 3, 5);
    expect(local.filter((outcome) => outcome === 'admitted')).toHaveLength(3);
  });

  it('one limit that is closed refuses the request and the others pay nothing', async () => {
    const { limits, meter } = rig({}, lostRedis(1));
    const key = keyOf('k', {
      limits: [perMinute('l', 1), perMinute('c', 10, { storeLoss: 'closed' })],
    });
    expect(await limits.check(key, A, '')).toMatchObject({
      outcome: 'store_unavailable',
      retryAfterS: 1,
    });
    expect(meter.lost).toEqual(['c unavailable']);
    const alone = keyOf('k', { limits: key.limits?.slice(0, 1) ?? [] });
    expect((await limits.check(alone, A, '')).outcome).toBe('admitted');
  });
});
