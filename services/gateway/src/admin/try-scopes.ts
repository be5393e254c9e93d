import type { ScopeTrial, scopeTrialRequest } from '@omni/contracts/gateway-admin/explain.ts';
import { UNMATCHED_ROUTE } from '@omni/kit/metrics.ts';
import type { z } from 'zod';
import { compileScopes } from '../keys/scope.ts';
import type { ScopeMatcher } from '../keys/scope.ts';
import { METHODS } from '../routing/config-document.ts';
import type { AdminParts } from './admin-parts.ts';
import { repositoryOf } from './admin-parts.ts';
import { checkScopes } from './check-scopes.ts';
import { sumUsage } from './sum-usage.ts';

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
  const { routes } = sumUsage(key, since, await store.readUsage(keyId, since));
  const inScope: ScopeMatcher = compileScopes(scopes) ?? (() => true);
  const trials = routes.map(({ route, requests }) => tryRoute(route, requests, inScope));
  const refused = trials.filter(({ verdict }) => verdict === 'none');
  return {
    since: since.toISOString(),
    routes: trials,
    wouldRefuse: refused.reduce((sum, { requests }) => sum + requests, 0),
  };
}

function tryRoute(route: string, requests: number, inScope: ScopeMatcher): Trial {
  // Paths that no route is known for share one label: what they were is not counted.
  if (route === UNMATCHED_ROUTE || !route.startsWith('/')) {
    return { route, requests, allowedMethods: [], verdict: 'unknown' };
  }
  const allowedMethods = METHODS.filter((method) => inScope(method, route));
  const partly = allowedMethods.length === 0 ? 'none' : 'some';
  const verdict = allowedMethods.length === METHODS.length ? 'all' : partly;
  return { route, requests, allowedMethods, verdict };
}
