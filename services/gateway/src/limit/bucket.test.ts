import { worstCasePerWindow } from '@omni/contracts/limits.ts';
import type { LimitPolicy } from '@omni/contracts/limits.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bucket } from './bucket.ts';
import { anyPolicy, anySchedule } from './testing/limit-arbitraries.ts';
import { mostInWindow, planned, policyOf } from './testing/limit-fixtures.ts';

/** Times at which a client that calls on this schedule is admitted. */
function admittedTimes(policy: LimitPolicy, gaps: readonly number[]): number[] {
  const { rule } = planned(policy);
  const bucket = new Bucket('b');
  const admitted: number[] = [];
  let now = 1_000_000;
  for (const gap of gaps) {
    now += gap;
    if (bucket.waitUs(rule, now) > 0) continue;
    bucket.spend(rule, now);
    admitted.push(now);
  }
  return admitted;
}

describe('one limit', () => {
  it('never admits more than its worst case in any window', () => {
    fc.assert(
      fc.property(anyPolicy, anySchedule(200), (policy, gaps) => {
        const times = admittedTimes(policy, gaps);
        const most = mostInWindow(times, policy.windowSeconds * 1_000_000);
        expect(most).toBeLessThanOrEqual(worstCasePerWindow(policy));
      }),
    );
  });

  it.each([1, 2, 5, 10])('reaches the worst case of a plain rate with burst %i', (burst) => {
    const policy = policyOf({ id: 'r', kind: 'rate', limit: 10, windowSeconds: 1, burst });
    // Every millisecond: all of the burst, then whatever is refilled.
    const times = admittedTimes(policy, Array<number>(3_000).fill(1_000));
    expect(mostInWindow(times, 1_000_000)).toBe(10 + burst - 1);
    expect(worstCasePerWindow(policy)).toBe(10 + burst - 1);
  });

  it('holds a hard rate to its limit, where others let 19 through in 120 ms', () => {
    const policy = policyOf({ id: 'r', kind: 'rate', limit: 10, windowSeconds: 1, hard: true });
    const exact = policyOf({ id: 'e', kind: 'exact', limit: 10, windowSeconds: 1 });
    for (const each of [policy, exact]) {
      const times = admittedTimes(each, Array<number>(5_000).fill(1_000));
      expect(mostInWindow(times, 1_000_000)).toBeLessThanOrEqual(10);
    }
  });

  it('admits after exactly the announced wait, not a microsecond before', () => {
    fc.assert(
      fc.property(anyPolicy, anySchedule(60), (policy, gaps) => {
        const { rule } = planned(policy);
        const bucket = new Bucket('b');
        let now = 1_000_000;
        for (const gap of gaps) {
          now += gap;
          const wait = bucket.waitUs(rule, now);
          if (wait === 0) bucket.spend(rule, now);
          else {
            expect(bucket.waitUs(rule, now + wait - 1)).toBeGreaterThan(0);
            // For an exact limit looking ahead forgets, so time goes on from there.
            now += wait;
            expect(bucket.waitUs(rule, now)).toBe(0);
          }
        }
      }),
    );
  });

  it('charges nothing for refused requests: a client that keeps trying is not kept out', () => {
    const { rule } = planned(policyOf({ id: 'e', kind: 'exact', limit: 2, windowSeconds: 10 }));
    const bucket = new Bucket('b');
    bucket.spend(rule, 0);
    bucket.spend(rule, 0);
    for (let now = 0; now < 10_000_000; now += 10_000) {
      expect(bucket.waitUs(rule, now)).toBe(10_000_000 - now);
    }
    expect(bucket.waitUs(rule, 10_000_000)).toBe(0);
  });

  it('goes on from what was spent when its limit changes', () => {
    const bucket = new Bucket('b');
    const of = (limit: number): ReturnType<typeof planned>['rule'] =>
      planned(policyOf({ id: 'e', kind: 'exact', limit, windowSeconds: 10 })).rule;
    for (let i = 0; i < 6; i += 1) bucket.spend(of(6), i);
    expect(bucket.waitUs(of(8), 10)).toBe(0);
    // Of six units three must go before one more fits into four.
    expect(bucket.waitUs(of(4), 10)).toBe(10_000_000 + 2 - 10);
  });
});
