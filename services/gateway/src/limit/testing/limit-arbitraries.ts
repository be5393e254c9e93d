import { limitPolicySchema } from '@omni/contracts/limits.ts';
import type { LimitPolicy } from '@omni/contracts/limits.ts';
import fc from 'fast-check';

const shape = fc.record({
  limit: fc.integer({ min: 1, max: 12 }),
  windowSeconds: fc.integer({ min: 1, max: 5 }),
  cost: fc.integer({ min: 1, max: 3 }),
});
const burst = fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined });

/** Small limits of every kind, since those are hit often. */
export const anyPolicy: fc.Arbitrary<LimitPolicy> = fc
  .tuple(fc.constantFrom('exact', 'rate', 'hard'), shape, burst)
  .map(([kind, fields, atOnce]) => {
    const base = { id: 'any', ...fields };
    return kind === 'exact'
      ? { ...base, kind: 'exact' as const }
      : { ...base, kind: 'rate' as const, hard: kind === 'hard', ...(atOnce && { burst: atOnce }) };
  })
  .filter((input) => limitPolicySchema.safeParse(input).success)
  .map((input) => limitPolicySchema.parse(input));

/** Gaps between arrivals in microseconds: bursts, steady traffic, pauses, and ends of windows. */
export const anySchedule = (maxLength: number): fc.Arbitrary<number[]> =>
  fc.array(
    fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 400_000 }),
      fc.integer({ min: 0, max: 6_000_000 }),
      fc.constantFrom(999_999, 1_000_000, 1_000_001, 5_000_000),
    ),
    { minLength: 1, maxLength },
  );
