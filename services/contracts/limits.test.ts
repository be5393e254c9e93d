import { describe, expect, it } from 'vitest';
import {
  limitPolicySchema,
  limitSetSchema,
  perMinutePolicy,
  quotaPolicySchema,
  worstCasePerWindow,
} from './limits.ts';
import type { LimitPolicyInput } from './limits.ts';

const faults = (input: LimitPolicyInput): string[] =>
  limitPolicySchema.safeParse(input).error?.issues.map(({ path }) => path.join('.')) ?? [];

const rate = { id: 'r', kind: 'rate', limit: 100, windowSeconds: 60 } as const;
const exact = { id: 'e', kind: 'exact', limit: 100, windowSeconds: 60 } as const;

describe('a limit', () => {
  it.each<[LimitPolicyInput, string[]]>([
    [exact, []],
    [rate, []],
    // A request that costs more than may come at once could never pass.
    [{ ...rate, burst: 2, cost: 3 }, ['cost']],
    [{ ...exact, cost: 101 }, ['cost']],
    [{ ...rate, burst: 101, hard: true }, ['burst']],
    [{ ...exact, limit: 10_001 }, ['limit']],
    [{ ...rate, limit: 100_000_000, windowSeconds: 1 }, ['limit']],
    [{ ...rate, windowSeconds: 0 }, ['windowSeconds']],
    [{ ...rate, id: 'Not "good"' }, ['id']],
  ])('%j is refused for %j', (input, expected) => {
    expect(faults(input)).toEqual(expected);
  });

  it('refuses unknown fields: a misspelt limit is no limit', () => {
    const input = { ...exact, burts: 5 };
    expect(limitPolicySchema.safeParse(input).success).toBe(false);
  });

  it.each<[LimitPolicyInput, number]>([
    [exact, 100],
    [{ ...exact, cost: 3 }, 33],
    [{ ...rate, burst: 1 }, 100],
    [{ ...rate, burst: 100 }, 199],
    [{ ...rate, burst: 100, hard: true }, 100],
    [{ ...rate, burst: 10, hard: true }, 100],
  ])('%j lets at most %d through in a window', (input, worst) => {
    expect(worstCasePerWindow(limitPolicySchema.parse(input))).toBe(worst);
  });

  it('of "n per minute" never lets more through', () => {
    for (const limit of [1, 10, 1_000, 1_001, 60_000, 1_000_000]) {
      expect(
        worstCasePerWindow(perMinutePolicy('key', limit, { scope: 'key' })),
      ).toBeLessThanOrEqual(limit);
    }
  });
});

describe('a set of limits', () => {
  it('has no two of the same name', () => {
    expect(limitSetSchema.safeParse({ policies: [exact, exact] }).success).toBe(false);
    expect(limitSetSchema.parse({})).toEqual({ policies: [], quotas: [] });
  });
});

describe('a quota', () => {
  it('knows time zones by name and takes no request that it could never admit', () => {
    const quota = { id: 'q', period: 'day', limit: 10 };
    expect(quotaPolicySchema.parse({ ...quota, timeZone: 'Europe/Berlin' }).cost).toBe(1);
    expect(quotaPolicySchema.safeParse({ ...quota, timeZone: 'Mars/Base' }).success).toBe(false);
    expect(quotaPolicySchema.safeParse({ ...quota, cost: 11 }).success).toBe(false);
  });
});
