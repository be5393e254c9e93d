import type { LimitState, QuotaState } from '@omni/contracts/limits.ts';
import type { LocalLimiter } from './local-limiter.ts';
import { bucketIdOf, NO_ROUTE } from './limit-plan.ts';
import type { LimitedKey, LimitedRoute } from './limit-plan.ts';
import type { LimitPlanner } from './plan-limits.ts';
import type { QuotaStore } from './quota/quota-store.ts';
import type { RedisLimiter } from './redis/redis-limiter.ts';

/** Whose limits: of a key, on a route if it matters, from an address if it matters. */
export interface LimitTarget {
  readonly key: LimitedKey;
  readonly route?: LimitedRoute;
  readonly address?: string;
}

export interface LimitStates {
  readonly limits: readonly LimitState[];
  readonly quotas: readonly QuotaState[];
}

/** Redis or Postgres can't be asked for a count. */
export class LimitStoreError extends Error {
  readonly code = 'limit_store_unavailable';
}

/** What the admin API does with limits. Rejects with `LimitStoreError` while a store is away. */
export interface LimitAdmin {
  /** All limits and quotas that count for the target; spends nothing. */
  peek: (target: LimitTarget) => Promise<LimitStates>;
  /** Forgets what the target has spent of the limits and quotas with this id; how many there are. */
  reset: (target: LimitTarget, policyId: string) => Promise<number>;
}

export interface LimitAdminParts {
  planner: LimitPlanner;
  local: LocalLimiter;
  redis: RedisLimiter | null;
  quotaStore: () => Promise<QuotaStore>;
}

export function createLimitAdmin(parts: LimitAdminParts): LimitAdmin {
  const { planner, redis, quotaStore } = parts;
  const store = redis ?? parts.local;
  const planOf = ({ key, route }: LimitTarget): ReturnType<LimitPlanner['plan']> =>
    planner.plan(key, route ?? NO_ROUTE);
  return {
    peek: storeErrors(async (target) => {
      const { limits, quotas } = planOf(target);
      const limitStates = limits.map(async (limit): Promise<LimitState> => {
        const { rule } = limit;
        const bucketId = bucketIdOf(limit, target.address ?? '');
        const state = await store.peek(rule, bucketId);
        return { policy: rule.policy, ...state, source: redis === null ? 'local' : 'redis' };
      });
      const quotaStates = quotas.map(async ({ quota, counterId }): Promise<QuotaState> => {
        const { resetInMs, ...count } = await (await quotaStore()).read(counterId, quota);
        const resetsAt = resetInMs === null ? null : new Date(Date.now() + resetInMs).toISOString();
        return { quota, ...count, resetsAt };
      });
      return { limits: await Promise.all(limitStates), quotas: await Promise.all(quotaStates) };
    }),
    reset: storeErrors(async (target, policyId) => {
      const plan = planOf(target);
      const limits = plan.limits.filter(({ rule }) => rule.policy.id === policyId);
      const quotas = plan.quotas.filter(({ quota }) => quota.id === policyId);
      for (const limit of limits) {
        await store.reset(bucketIdOf(limit, target.address ?? ''));
      }
      for (const { quota, counterId } of quotas) {
        await (await quotaStore()).reset(counterId, quota);
      }
      return limits.length + quotas.length;
    }),
  };
}

/** Whatever a store fails by, the admin API has one answer to it. */
function storeErrors<Args extends unknown[], Result>(
  run: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return (...args) =>
    run(...args).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new LimitStoreError(reason, { cause: error });
    });
}
