import type { LimitSet } from '@omni/contracts/limits.ts';
import type { ConfigDocument } from './config-document.ts';

/** What each route of a document is limited to, by route id. */
export function limitsOf({ limits, routes }: RouteLimits): ReadonlyMap<string, LimitSet> {
  const byId = new Map(limits.map((policy) => [policy.id, policy]));
  const byRoute = new Map<string, LimitSet>();
  for (const route of routes) {
    const policies = [...new Set(route.limits)].flatMap((id) => byId.get(id) ?? []);
    if (policies.length > 0) byRoute.set(route.id, { policies, quotas: [] });
  }
  return byRoute;
}

/** The part of the document that limits need. */
interface RouteLimits {
  limits: ConfigDocument['limits'];
  routes: readonly Pick<ConfigDocument['routes'][number], 'id' | 'limits'>[];
}
