import type { ScopeTrial, scopeTrialRequest } from '@omni/contracts/gateway-admin/explain.ts';
import { UNMATCHED_ROUTE } from '@omni/kit/metrics.ts';
import type { z } from 'zod';
import { compileScopes } from '../keys/scope.ts';
import type { ScopeMatcher } from '../keys/scope.ts';
import { addMethods } from '../keys/usage-methods.ts';
import type { UsageRow } from '../keys/key-usage.ts';
import { METHODS } from '../routing/config-document.ts';
import type { AdminParts } from './admin-parts.ts';
import { repositoryOf } from './admin-parts.ts';
import { checkScopes } from './check-scopes.ts';

const HOUR_MS = 3_600_000;

type Trial = ScopeTrial['routes'][number];

/** Holds scopes against the routes that a key was used on in the last hour. */
export async function tryScopes(
  parts: AdminParts,
  { keyId, scopes }: z.output<typeof scopeTrialRequest>,
): Promise<ScopeTrial> {
  checkScopes(scopes);
  await parts.flushUsage();
  const store = await repositoryOf(parts, keyId);
  const { key } = await store.get(keyId);
  const since = new Date(Date.now() - HOUR_MS);
  const used = usedRoutes(await store.readUsage(key.id, since));
  const inScope: ScopeMatcher = compileScopes(scopes) ?? (() => true);
  const routes = used.map((each) => tryRoute(each, inScope));
  return {
    since: since.toISOString(),
    routes,
    wouldRefuse: routes.reduce((sum, { wouldRefuse }) => sum + wouldRefuse, 0),
    uncertain: routes.reduce((sum, { uncertain }) => sum + uncertain, 0),
  };
}

interface UsedRoute {
  readonly route: string;
  requests: number;
  readonly methods: Record<string, number>;
}

function usedRoutes(rows: readonly UsageRow[]): UsedRoute[] {
  const routes = new Map<string, UsedRoute>();
  for (const { route, requests, methods } of rows) {
    const used = routes.get(route) ?? { route, requests: 0, methods: {} };
    routes.set(route, used);
    used.requests += requests;
    addMethods(used.methods, methods);
  }
  return [...routes.values()];
}

function tryRoute({ route, requests, methods }: UsedRoute, inScope: ScopeMatcher): Trial {
  // Paths that no route is known for share one label: what they were is not counted.
  if (route === UNMATCHED_ROUTE || !route.startsWith('/')) {
    const nothing = { allowedMethods: [], wouldRefuse: 0 };
    return { route, requests, ...nothing, uncertain: requests, verdict: 'unknown' };
  }
  const allowedMethods = METHODS.filter((method) => inScope(method, route));
  let wouldRefuse = 0;
  let uncertain = requests;
  for (const [method, counted] of Object.entries(methods)) {
    uncertain -= counted;
    if (!inScope(method, route)) wouldRefuse += counted;
  }
  // Counted by an instance of before: it is certain only where no method is let through.
  if (allowedMethods.length === 0) {
    wouldRefuse += uncertain;
    uncertain = 0;
  }
  const none = wouldRefuse === requests ? 'none' : 'some';
  const verdict = wouldRefuse === 0 && uncertain === 0 ? 'all' : none;
  return { route, requests, allowedMethods, wouldRefuse, uncertain, verdict };
}
