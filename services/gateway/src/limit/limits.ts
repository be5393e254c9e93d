import { shareOf } from './compiled-policy.ts';
import type { LimitMeter } from './limit-meter.ts';
import { LocalLimiter } from './local-limiter.ts';
import {
  STORE_UNAVAILABLE,
  TABLE_FULL,
  UNLIMITED,
  quotaExceeded,
  toDecision,
} from './limit-decision.ts';
import type { LimitDecision } from './limit-decision.ts';
import type { LimitedKey, LimitedRoute, LimitPlan, PlannedLimit } from './limit-plan.ts';
import { LimitPlanner } from './plan-limits.ts';
import type { LimitSettings } from './plan-limits.ts';
import type { QuotaLeases, QuotaVerdict } from './quota/quota-leases.ts';
import type { RedisLimiter } from './redis/redis-limiter.ts';
import type { Verdict } from './verdict.ts';

export interface LimitsParts {
  readonly settings: LimitSettings;
  readonly meter: LimitMeter;
  /** Shared counts; without it each instance counts alone. */
  readonly redis: RedisLimiter | null;
  readonly quotas: QuotaLeases;
  readonly local?: LocalLimiter;
}

/** Every limit and quota of a request, decided together: a refused request costs nothing of any. */
export class Limits {
  readonly #planner: LimitPlanner;
  readonly #local: LocalLimiter;
  readonly #redis: RedisLimiter | null;
  readonly #quotas: QuotaLeases;
  readonly #meter: LimitMeter;
  readonly #shares = new WeakMap<LimitPlan, { instances: number; limits: PlannedLimit[] }>();

  constructor({ settings, meter, redis, quotas, local }: LimitsParts) {
    this.#planner = new LimitPlanner(settings, meter);
    this.#local = local ?? new LocalLimiter();
    this.#redis = redis;
    this.#quotas = quotas;
    this.#meter = meter;
  }

  get planner(): LimitPlanner {
    return this.#planner;
  }

  /**
   * Decides on one request and pays for it. At once, unless limits are shared through Redis or a
   * quota's lease has to be renewed.
   */
  check(
    key: LimitedKey,
    route: LimitedRoute,
    address: string,
  ): LimitDecision | Promise<LimitDecision> {
    const plan = this.#planner.plan(key, route);
    if (plan.quotas.length === 0) {
      return plan.limits.length === 0 ? UNLIMITED : this.#checkLimits(plan, address);
    }
    const verdict = this.#quotas.take(plan.quotas);
    return verdict instanceof Promise
      ? verdict.then((settled) => this.#afterQuotas(plan, address, settled))
      : this.#afterQuotas(plan, address, verdict);
  }

  /** Quotas first: what they took can be given back exactly, what a limit was paid cannot. */
  #afterQuotas(
    plan: LimitPlan,
    address: string,
    verdict: QuotaVerdict,
  ): LimitDecision | Promise<LimitDecision> {
    if (verdict.kind === 'unavailable') return STORE_UNAVAILABLE;
    if (verdict.kind === 'exceeded') return quotaExceeded(verdict.retryAfterS);
    if (plan.limits.length === 0) return UNLIMITED;
    const decision = this.#checkLimits(plan, address);
    return decision instanceof Promise
      ? decision.then((settled) => this.#giveBackUnlessAdmitted(plan, settled))
      : this.#giveBackUnlessAdmitted(plan, decision);
  }

  #giveBackUnlessAdmitted(plan: LimitPlan, decision: LimitDecision): LimitDecision {
    if (decision.outcome !== 'admitted') this.#quotas.giveBack(plan.quotas);
    return decision;
  }

  #checkLimits(plan: LimitPlan, address: string): LimitDecision | Promise<LimitDecision> {
    if (this.#redis === null) return this.#checkLocally(plan.limits, plan.policyHeader, address);
    return this.#redis.check(plan.limits, address).then(
      (verdict) => {
        this.#count(plan.limits, verdict, 'redis');
        return toDecision(plan.limits, plan.policyHeader, verdict);
      },
      () => this.#withoutStore(plan, address),
    );
  }

  #checkLocally(
    limits: readonly PlannedLimit[],
    policyHeader: string,
    address: string,
  ): LimitDecision {
    const verdict = this.#local.check(limits, address);
    if (verdict === undefined) return TABLE_FULL;
    this.#count(limits, verdict, 'local');
    return toDecision(limits, policyHeader, verdict);
  }

  /** Each limit as its policy says: one that must not be guessed refuses the request. */
  #withoutStore(plan: LimitPlan, address: string): LimitDecision {
    const closed = plan.limits.filter(({ rule }) => rule.policy.storeLoss === 'closed');
    for (const { rule } of closed) this.#meter.storeLost(rule.policy.id, 'unavailable');
    if (closed.length > 0) return STORE_UNAVAILABLE;
    for (const { rule } of plan.limits) {
      if (rule.policy.storeLoss === 'open') this.#meter.storeLost(rule.policy.id, 'uncounted');
    }
    const share = this.#shareOf(plan);
    return share.length === 0 ? UNLIMITED : this.#checkLocally(share, plan.policyHeader, address);
  }

  #shareOf(plan: LimitPlan): readonly PlannedLimit[] {
    const instances = this.#redis?.instances ?? 1;
    let share = this.#shares.get(plan);
    if (share?.instances !== instances) {
      const limits = plan.limits
        .filter(({ rule }) => rule.policy.storeLoss === 'local')
        .map((limit) => ({ ...limit, rule: shareOf(limit.rule, instances), bucket: undefined }));
      share = { instances, limits };
      this.#shares.set(plan, share);
    }
    return share.limits;
  }

  #count(limits: readonly PlannedLimit[], verdict: Verdict, source: 'redis' | 'local'): void {
    if (!verdict.admitted) {
      const refusing = limits[verdict.index];
      if (refusing !== undefined) this.#meter.add(refusing.rule.handles[source].refused);
      return;
    }
    for (let i = 0; i < limits.length; i += 1) {
      const limit = limits[i];
      if (limit !== undefined) this.#meter.add(limit.rule.handles[source].admitted);
    }
  }
}
