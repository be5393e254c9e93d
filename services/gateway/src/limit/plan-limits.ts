import { perMinutePolicy } from '@omni/contracts/limits.ts';
import type { LimitPolicy, LimitSet, QuotaPolicy, StoreLoss } from '@omni/contracts/limits.ts';
import { compilePolicy } from './compiled-policy.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import type { LimitMeter } from './limit-meter.ts';
import { countId } from './limit-plan.ts';
import type {
  LimitedKey,
  LimitOwner,
  LimitPlan,
  PlannedLimit,
  PlannedQuota,
} from './limit-plan.ts';

/** Limits that don't come from keys. */
export interface LimitSettings {
  /** For keys without a limit of their own. */
  readonly defaultPerMinute: number | undefined;
  /** What `rateLimitPerMinute` limits do while the shared store is away. */
  readonly storeLoss: StoreLoss;
  /** For every request. */
  readonly gateway: LimitSet;
  /** By route id, for every request on the route. */
  readonly routes: ReadonlyMap<string, LimitSet>;
}

const GATEWAY: LimitOwner = { kind: 'gateway' };
/** Plans are a cache: what was spent is in the buckets. */
const MAX_PLANS = 20_000;

interface KeyPlans {
  readonly key: LimitedKey;
  readonly byRoute: Map<string, LimitPlan>;
  lastRoute: string;
  lastPlan: LimitPlan;
}

/** Works out once which limits and quotas a key's requests on a route have. */
export class LimitPlanner {
  readonly #meter: LimitMeter;
  #settings: LimitSettings;
  #plans = new Map<string, KeyPlans>();
  readonly #compiled = new WeakMap<LimitPolicy, CompiledPolicy>();
  readonly #perMinute = new Map<number, PartialLimits>();

  constructor(settings: LimitSettings, meter: LimitMeter) {
    this.#settings = settings;
    this.#meter = meter;
  }

  get settings(): LimitSettings {
    return this.#settings;
  }

  /** New limits from the next request on; what was spent stays spent. */
  configure(settings: LimitSettings): void {
    this.#settings = settings;
    this.#plans = new Map();
    this.#perMinute.clear();
  }

  plan(key: LimitedKey, routeId: string): LimitPlan {
    const plans = this.#plans.get(key.id);
    if (plans === undefined || !sameLimits(plans.key, key)) return this.#begin(key, routeId);
    if (plans.lastRoute === routeId) return plans.lastPlan;
    let plan = plans.byRoute.get(routeId);
    if (plan === undefined) {
      plan = this.#build(key, routeId);
      if (plans.byRoute.size < MAX_PLANS) plans.byRoute.set(routeId, plan);
    }
    plans.lastRoute = routeId;
    plans.lastPlan = plan;
    return plan;
  }

  #begin(key: LimitedKey, routeId: string): LimitPlan {
    const plan = this.#build(key, routeId);
    if (this.#plans.size >= MAX_PLANS) this.#plans = new Map();
    const byRoute = new Map([[routeId, plan]]);
    this.#plans.set(key.id, { key, byRoute, lastRoute: routeId, lastPlan: plan });
    return plan;
  }

  /** The narrowest first: of several with equally much left, the header names the first. */
  #build(key: LimitedKey, routeId: string): LimitPlan {
    const { gateway, routes } = this.#settings;
    const limits: PlannedLimit[] = [];
    const quotas: PlannedQuota[] = [];
    const add = (owner: LimitOwner, set: PartialLimits): void => {
      const subject = { key, routeId };
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
    const route = routes.get(routeId);
    if (route !== undefined) add({ kind: 'route', id: routeId }, route);
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
