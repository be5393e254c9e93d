import { startTestRedis, whyNoRedis } from '@omni/kit/test-redis.ts';
import type { TestRedis } from '@omni/kit/test-redis.ts';
import { worstCasePerWindow } from '@omni/contracts/limits.ts';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PlannedLimit } from '../limit-plan.ts';
import { LocalLimiter } from '../local-limiter.ts';
import { anyPolicy, anySchedule } from '../testing/limit-arbitraries.ts';
import { mostInWindow, planned, policyOf, until } from '../testing/limit-fixtures.ts';
import type { Verdict } from '../verdict.ts';
import { RedisLimiter } from './redis-limiter.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 60_000 });

const missing = whyNoRedis();
if (missing !== undefined) process.stdout.write(`Skipped, limits in Redis: ${missing}\n`);

let redis: TestRedis;
const started: RedisLimiter[] = [];

/** A limiter as one instance has it; long time limits, because the machine may be busy. */
function instance(options: { clockUs?: () => number; timeoutMs?: number } = {}): RedisLimiter {
  const limiter = new RedisLimiter({
    url: redis.url,
    timeoutMs: 10_000,
    reachable: () => undefined,
    ...options,
  });
  limiter.start();
  started.push(limiter);
  return limiter;
}

/** Spreads requests over the instances. */
function ask(all: readonly RedisLimiter[], i: number, limits: PlannedLimit[]): Promise<Verdict> {
  const limiter = all[i % all.length];
  if (limiter === undefined) throw new Error('No instance');
  return limiter.check(limits, '');
}

let names = 0;
/** A bucket that no other test has. */
const fresh = (): string => `test${(names += 1)}`;

describe.skipIf(missing !== undefined)('limits in Redis', () => {
  beforeAll(async () => {
    redis = await startTestRedis();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((limiter) => limiter.stop()));
  });
  afterAll(() => redis.stop());

  it('decide exactly as limits in process do, on any schedule', async () => {
    let nowUs = 1_700_000_000_000_000;
    const shared = instance({ clockUs: () => nowUs });
    const policies = fc.array(anyPolicy, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(policies, anySchedule(40), async (all, gaps) => {
        const local = new LocalLimiter(undefined, () => nowUs / 1_000);
        const names = all.map(fresh);
        const inProcess = all.map((policy, i) => planned(policy, names[i]));
        const inRedis = all.map((policy, i) => planned(policy, names[i]));
        for (const gap of gaps) {
          nowUs += gap;
          const expected = { ...local.check(inProcess, '') };
          expect(await shared.check(inRedis, '')).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('admit no more than the bound in any window, over several instances', async () => {
    let nowUs = 1_800_000_000_000_000;
    const instances = [0, 1, 2].map(() => instance({ clockUs: () => nowUs }));
    const arrivals = fc.tuple(anySchedule(30), fc.array(fc.integer({ min: 1, max: 4 })));
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyPolicy, { minLength: 1, maxLength: 3 }),
        arrivals,
        async (all, [gaps, crowds]) => {
          const names = all.map(fresh);
          const limits = (): ReturnType<typeof planned>[] =>
            all.map((p, i) => planned(p, names[i]));
          const admitted: number[] = [];
          for (const [at, gap] of gaps.entries()) {
            nowUs += gap;
            const crowd = Array.from({ length: crowds[at] ?? 3 }, (_, i) => i);
            const verdicts = await Promise.all(crowd.map((i) => ask(instances, i, limits())));
            for (const verdict of verdicts) if (verdict.admitted) admitted.push(nowUs);
          }
          for (const policy of all) {
            const most = mostInWindow(admitted, policy.windowSeconds * 1_000_000);
            expect(most).toBeLessThanOrEqual(worstCasePerWindow(policy));
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('let exactly the limit through when all instances are asked at once', async () => {
    const instances = [instance(), instance(), instance()];
    const name = fresh();
    const limits = [
      planned(policyOf({ id: 'e', kind: 'exact', limit: 100, windowSeconds: 600 }), name),
    ];
    const asked = Array.from({ length: 300 }, (_, i) => ask(instances, i, limits));
    const verdicts = await Promise.all(asked);
    expect(verdicts.filter((verdict) => verdict.admitted)).toHaveLength(100);
  });

  it('cost nothing when one refuses, peek without spending, and reset', async () => {
    const limiter = instance();
    const narrow = planned(
      policyOf({ id: 'n', kind: 'exact', limit: 1, windowSeconds: 600 }),
      fresh(),
    );
    const wide = planned(
      policyOf({ id: 'w', kind: 'rate', limit: 60, burst: 10, windowSeconds: 600 }),
      fresh(),
    );
    const peek = async (): Promise<number> =>
      (await limiter.peek(wide.rule, wide.bucketId)).remaining;
    expect(await peek()).toBe(10);
    expect((await limiter.check([narrow, wide], '')).admitted).toBe(true);
    expect(await limiter.check([narrow, wide], '')).toMatchObject({ admitted: false, index: 0 });
    expect(await peek()).toBe(9);
    expect(await limiter.reset(narrow.bucketId)).toBe(true);
    expect(await limiter.reset(narrow.bucketId)).toBe(false);
    expect((await limiter.check([narrow], '')).admitted).toBe(true);
  });

  it('send the script again to a server that forgot it', async () => {
    const limiter = instance();
    const limits = [
      planned(policyOf({ id: 'e', kind: 'exact', limit: 5, windowSeconds: 600 }), fresh()),
    ];
    await limiter.check(limits, '');
    await redis.restart();
    await until('the limiter is back', () => limiter.isUp);
    expect(await limiter.check(limits, '')).toMatchObject({ admitted: true });
  });

  it('count the instances that are there', async () => {
    await redis.restart();
    const first = instance();
    await until('one', () => first.isUp && first.instances === 1);
    const second = instance();
    await until('two', () => first.instances === 2);
    await second.stop();
    await until('one again', () => first.instances === 1);
  });

  it('reject at once while the server is lost, and come back', async () => {
    const limiter = instance();
    const limits = [
      planned(policyOf({ id: 'e', kind: 'exact', limit: 5, windowSeconds: 600 }), fresh()),
    ];
    await limiter.check(limits, '');
    await redis.kill();
    await until('the loss is known', () => !limiter.isUp);
    await expect(limiter.check(limits, '')).rejects.toThrow('not reachable');
    await redis.restart();
    await until('the limiter is back', () => limiter.isUp);
    expect((await limiter.check(limits, '')).admitted).toBe(true);
  });

  it('are not charged by a suspended server for what was decided without it', async () => {
    const impatient = instance({ timeoutMs: 200 });
    const patient = instance();
    const limits = [
      planned(policyOf({ id: 'e', kind: 'exact', limit: 100, windowSeconds: 600 }), fresh()),
    ];
    await impatient.check(limits, '');
    redis.pause();
    try {
      const answers = Array.from({ length: 20 }, () => impatient.check(limits, ''));
      const settled = await Promise.allSettled(answers);
      expect(settled.every(({ status }) => status === 'rejected')).toBe(true);
    } finally {
      redis.resume();
    }
    await until('the limiter is back', () => impatient.isUp);
    const [limit] = limits;
    if (limit === undefined) throw new Error('No limit');
    expect((await patient.peek(limit.rule, limit.bucketId)).remaining).toBe(99);
  });
});
