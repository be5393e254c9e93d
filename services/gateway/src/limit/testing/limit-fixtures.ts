import { limitPolicySchema, quotaPolicySchema } from '@omni/contracts/limits.ts';
import type { LimitPolicy, LimitPolicyInput, QuotaPolicy } from '@omni/contracts/limits.ts';
import type { z } from 'zod';
import { compilePolicy } from '../compiled-policy.ts';
import type { LimitMeter, PolicyHandles } from '../limit-meter.ts';
import type { LimitedKey, PlannedLimit } from '../limit-plan.ts';
import type { LimitSettings } from '../plan-limits.ts';

const NO_HANDLES: PolicyHandles = {
  local: { admitted: 0, refused: 1 },
  redis: { admitted: 2, refused: 3 },
};

/** Counts by handle and by name. */
export interface TestMeter extends LimitMeter {
  counts: number[];
  lost: string[];
}

export function testMeter(): TestMeter {
  const counts = [0, 0, 0, 0];
  const lost: string[] = [];
  return {
    counts,
    lost,
    handles: () => NO_HANDLES,
    add(handle) {
      counts[handle] = (counts[handle] ?? 0) + 1;
    },
    storeLost: (id, decision) => lost.push(`${id} ${decision}`),
    quotaAlert: () => undefined,
    quotaUsed: () => undefined,
  };
}

export const policyOf = (input: LimitPolicyInput): LimitPolicy => limitPolicySchema.parse(input);
export const quotaOf = (input: z.input<typeof quotaPolicySchema>): QuotaPolicy =>
  quotaPolicySchema.parse(input);

/** A limit as a plan has it, in a bucket of the given name. */
export function planned(policy: LimitPolicy, bucketId: string = policy.id): PlannedLimit {
  const rule = compilePolicy(policy, NO_HANDLES);
  return { rule, bucketId, byAddress: policy.scope === 'ip', bucket: undefined };
}

export const keyOf = (id: string, rest: Partial<LimitedKey> = {}): LimitedKey => ({
  id,
  rateLimitPerMinute: null,
  ...rest,
});

export const NO_SETTINGS: LimitSettings = {
  defaultPerMinute: undefined,
  storeLoss: 'local',
  gateway: { policies: [], quotas: [] },
};

/** Most of the times in any half-open window; times are sorted. */
export function mostInWindow(times: readonly number[], windowUs: number): number {
  let most = 0;
  let first = 0;
  for (let last = 0; last < times.length; last += 1) {
    while ((times[first] ?? 0) <= (times[last] ?? 0) - windowUs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** Waits for a condition; polls, because what is waited for happens elsewhere. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 40_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
