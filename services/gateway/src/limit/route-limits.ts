import type { LimitPolicy, LimitSet } from '@omni/contracts/limits.ts';

/** The part of a routing document that says which limits a route has. */
export interface RouteLimitsDocument {
  readonly limits: readonly LimitPolicy[];
  readonly routes: readonly { readonly id: string; readonly limits: readonly string[] }[];
}

/** Limits by route id; a document whose routes name unknown limits has been refused before. */
export function routeLimits(document: RouteLimitsDocument): ReadonlyMap<string, LimitSet> {
  const byRoute = new Map<string, LimitSet>();
  for (const { id, limits } of document.routes) {
    const named = new Set(limits);
    const policies = document.limits.filter((policy) => named.has(policy.id));
    if (policies.length > 0) byRoute.set(id, { policies, quotas: [] });
  }
  return byRoute;
}
