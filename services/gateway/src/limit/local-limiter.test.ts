import { worstCasePerWindow } from '@omni/contracts/limits.ts';
import type { LimitPolicy } from '@omni/contracts/limits.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BucketTable } from './bucket-table.ts';
import { LocalLimiter } from './local-limiter.ts';
import { anyPolicy, anySchedule } from './testing/limit-arbitraries.ts';
import { mostInWindow, planned, policyOf } from './testing/limit-fixtures.ts';

const policies = new Map<number, LimitPolicy>();

/** An exact limit per minute; made once each, since tests have thousands of subjects. */
function exact(limit: number, id = 'e'): ReturnType<typeof planned> {
  const policy =
    policies.get(limit) ?? policyOf({ id: 'e', kind: 'exact', limit, windowSeconds: 60 });
  policies.set(limit, policy);
  return planned(policy, id);
}

describe('several limits', () => {
  it('hold their bounds all at once, and the wait of the refusal is exact', () => {
    fc.assert(
      fc.property(
        fc.array(anyPolicy, { minLength: 1, maxLength: 4 }),
        anySchedule(150),
        (all, gaps) => {
          let nowUs = 1_000_000;
          const limiter = new LocalLimiter(undefined, () => nowUs / 1_000);
          const limits = all.map((policy, i) => planned(policy, `b${i}`));
          const admitted: number[] = [];
          for (const gap of gaps) {
            nowUs += gap;
            const verdict = limiter.check(limits, '');
            if (verdict?.admitted === true) admitted.push(nowUs);
            else {
              nowUs += verdict?.waitUs ?? 0;
              expect(limiter.check(limits, '')?.admitted).toBe(true);
              admitted.push(nowUs);
            }
          }
          for (const policy of all) {
            const most = mostInWindow(admitted, policy.windowSeconds * 1_000_000);
            expect(most).toBeLessThanOrEqual(worstCasePerWindow(policy));
          }
        },
      ),
    );
  });

  it('cost nothing of any limit when one refuses', () => {
    const limiter = new LocalLimiter(undefined, () => 1_000);
    const wide = exact(10, 'wide');
    limiter.check([exact(1, 'narrow'), wide], '');
    for (let i = 0; i < 100; i += 1) {
      expect(limiter.check([exact(1, 'narrow'), wide], '')?.admitted).toBe(false);
    }
    expect(limiter.peek(wide.rule, 'wide').remaining).toBe(9);
  });

  it('name the tightest one, and on refusal the one that makes wait', () => {
    const limiter = new LocalLimiter(undefined, () => 1_000);
    const limits = [exact(5, 'a'), exact(2, 'b')];
    expect(limiter.check(limits, '')).toMatchObject({ index: 1, remaining: 1 });
    limiter.check(limits, '');
    expect(limiter.check(limits, '')).toMatchObject({ admitted: false, index: 1, remaining: 0 });
  });

  it('count every address of an address limit apart, and IPv6 by its network', () => {
    const limiter = new LocalLimiter(undefined, () => 1_000);
    const limits = [
      planned(
        policyOf({ id: 'ip', kind: 'exact', limit: 1, windowSeconds: 60, scope: 'ip' }),
        'ip:',
      ),
    ];
    const admits = (address: string): boolean | undefined =>
      limiter.check(limits, address)?.admitted;
    expect(admits('192.0.2.1')).toBe(true);
    expect(admits('192.0.2.2')).toBe(true);
    expect(admits('192.0.2.1')).toBe(false);
    expect(admits('2001:db8::1')).toBe(true);
    expect(admits('2001:db8:0:0:ffff::2')).toBe(false);
    expect(admits('2001:db8:0:1::1')).toBe(true);
  });
});

describe('the clock', () => {
  it('never runs backwards', () => {
    let nowMs = 100_000;
    const limiter = new LocalLimiter(undefined, () => nowMs);
    limiter.check([exact(1)], '');
    nowMs = 0;
    expect(limiter.check([exact(1)], '')).toMatchObject({ admitted: false, waitUs: 60_000_000 });
  });
});

describe('the table', () => {
  it('never frees a blocked client, whatever others come after it', () => {
    let nowMs = 1_000;
    const limiter = new LocalLimiter(new BucketTable(5_000), () => nowMs);
    const blocked = exact(1, 'blocked');
    limiter.check([blocked], '');
    for (let i = 0; i < 20_000; i += 1) limiter.check([exact(1, `other${i}`)], '');
    expect(limiter.check([exact(1, 'blocked')], '')?.admitted).toBe(false);
    expect(limiter.size).toBe(5_000);
    // Full: a new subject can't be counted, so it is told so instead of being let through.
    expect(limiter.check([exact(1, 'new')], '')).toBeUndefined();
    nowMs += 60_000;
    expect(limiter.check([exact(1, 'new')], '')?.admitted).toBe(true);
  });

  it('forgets what says nothing any more while new subjects come', () => {
    let nowMs = 1_000;
    const limiter = new LocalLimiter(new BucketTable(100_000), () => nowMs);
    for (let i = 0; i < 5_000; i += 1) limiter.check([exact(1, `a${i}`)], '');
    nowMs += 61_000;
    for (let i = 0; i < 5_000; i += 1) limiter.check([exact(1, `b${i}`)], '');
    expect(limiter.size).toBeLessThanOrEqual(5_001);
  });

  it('does not lose a payment to a bucket that was forgotten while the request was decided', () => {
    let nowMs = 1_000;
    const limiter = new LocalLimiter(new BucketTable(2), () => nowMs);
    const kept = exact(1, 'kept');
    limiter.check([kept], '');
    nowMs += 60_000;
    // `kept` is idle by now, and the request's second bucket needs its room.
    expect(limiter.check([kept, exact(1, 'x')], '')?.admitted).toBe(true);
    expect(limiter.check([exact(1, 'kept')], '')?.admitted).toBe(false);
  });
});
