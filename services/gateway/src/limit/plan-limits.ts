import { perMinutePolicy } from '@omni/contracts/limits.ts';
import type { LimitPolicy, LimitSet, QuotaPolicy, StoreLoss } from '@omni/contracts/limits.ts';
import { compilePolicy } from './compiled-policy.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import type { LimitMeter } from './limit-meter.ts';
import { countId } from './limit-plan.ts';
import type {
  LimitedKey,
  LimitedRoute,
  LimitOwner,
  LimitPlan,
  PlannedLimit,
  PlannedQuota,
} from './limit-plan.ts';

/** Limits that come neither from keys nor from routes. */
export interface LimitSettings {
  /** For keys without a limit of their own. */
  readonly defaultPerMinute: number | undefined;
  /** What `rateLimitPerMinute` limits do while the shared store is away. */
  readonly storeLoss: StoreLoss;
  /** For every request. */
  readonly gateway: LimitSet;
}

const GATEWAY: LimitOwner = { kind: 'gateway' };
/** Plans are a cache: what was spent is in the buckets. */
const MAX_PLANS = 20_000;

interface KeyPlans {
  readonly key: LimitedKey;
  /** Weak: routes of earlier versions go with their last request. */
  readonly byRoute: WeakMap<LimitedRoute, LimitPlan>;
  lastRoute: LimitedRoute;
  lastPlan: LimitPlan;
}

/** Works out once which limits and quotas a key's requests on a route have. */
export class LimitPlanner {
  readonly #meter: LimitMeter;
  readonly #settings: LimitSettings;
  #plans = new Map<string, KeyPlans>();
  readonly #compiled = new WeakMap<LimitPolicy, CompiledPolicy>();
  readonly #perMinute = new Map<number, PartialLimits>();

  constructor(settings: LimitSettings, meter: LimitMeter) {
    this.#settings = settings;
    this.#meter = meter;
  }

  /** A route of a new version has a plan of its own; what was spent stays spent. */
  plan(key: LimitedKey, route: LimitedRoute): LimitPlan {
    const plans = this.#plans.get(key.id);
    if (plans === undefined || !sameLimits(plans.key, key)) return this.#begin(key, route);
    if (plans.lastRoute === route) return plans.lastPlan;
    let plan = plans.byRoute.get(route);
    if (plan === undefined) {
      plan = this.#build(key, route);
      plans.byRoute.set(route, plan);
    }
    plans.lastRoute = route;
    plans.lastPlan = plan;
    return plan;
  }

  #begin(key: LimitedKey, route: LimitedRoute): LimitPlan {
    const plan = this.#build(key, route);
    if (this.#plans.size >= MAX_PLANS) this.#plans = new Map();
    const byRoute = new WeakMap([[route, plan]]);
    this.#plans.set(key.id, { key, byRoute, lastRoute: route, lastPlan: plan });
    return plan;
  }

  /** The narrowest first: of several with equally much left, the header names the first. */
  #build(key: LimitedKey, route: LimitedRoute): LimitPlan {
    const { gateway } = this.#settings;
    const limits: PlannedLimit[] = [];
    const quotas: PlannedQuota[] = [];
    const add = (owner: LimitOwner, set: PartialLimits): void => {
      const subject = { key, routeId: route.id };
      for (const policy of set.policies) {
        const bucketId = countId(policy, owner, subject);
        const byAddress = policy.scope === 'ip';
        limits.push({ rule: this.#compile(policy), bucketId, byAddress, bucket: undefined });
      }
      for (const quota of set.quotas) {
        quotas.push({ quota, counterId: countId(quota, owner, subject) });
      }
    };
    const perMinute = this.#perMinuteOf(key);
    if (perMinute !== undefined) add({ kind: 'per-minute', id: key.id }, perMinute);
    add({ kind: 'key', id: key.id }, { policies: key.limits ?? [], quotas: key.quotas ?? [] });
    add({ kind: 'route', id: route.id }, route.limitSet);
    add(GATEWAY, gateway);
    const policyHeader = limits.map(({ rule }) => rule.policyItem).join(', ');
    return { limits, quotas, policyHeader };
  }

  /** The key's plain number, or the default for keys without any limit of their own. */
  #perMinuteOf(key: LimitedKey): PartialLimits | undefined {
    const ownLimits = (key.limits ?? []).length > 0;
    const limit =
      key.rateLimitPerMinute ?? (ownLimits ? undefined : this.#settings.defaultPerMinute);
    if (limit === undefined) return undefined;
    let set = this.#perMinute.get(limit);
    if (set === undefined) {
      const { storeLoss } = this.#settings;
      set = { policies: [perMinutePolicy('key', limit, { scope: 'key', storeLoss })], quotas: [] };
      this.#perMinute.set(limit, set);
    }
    return set;
  }

  #compile(policy: LimitPolicy): CompiledPolicy {
    let compiled = this.#compiled.get(policy);
    if (compiled === undefined) {
      compiled = compilePolicy(policy, this.#meter.handles(policy.id));
      this.#compiled.set(policy, compiled);
    }
    return compiled;
  }
}

interface PartialLimits {
  readonly policies: readonly LimitPolicy[];
  readonly quotas: readonly QuotaPolicy[];
}

function sameLimits(a: LimitedKey, b: LimitedKey): boolean {
  return (
    a === b ||
    (a.limits === b.limits &&
      a.quotas === b.quotas &&
      a.rateLimitPerMinute === b.rateLimitPerMinute &&
      a.identity === b.identity)
  );
}
