import { answerRefusal } from '../proxy/answer.ts';
import { bodyPending } from '../proxy/request-checks.ts';
import type { RequestScope } from '../proxy/request-scope.ts';
import type { LimitDecision } from './limit-decision.ts';
import { NO_ROUTE } from './limit-plan.ts';
import type { LimitedKey, LimitedRoute } from './limit-plan.ts';
import { limitRefusal } from './limit-refusals.ts';
import type { Limits } from './limits.ts';

/**
 * Whether a request may go on. Its answer will carry the RateLimit headers; a refused request has
 * been answered. At once unless a shared count must be asked.
 */
export function applyLimits(
  limits: Limits,
  scope: RequestScope,
  key: LimitedKey,
): boolean | Promise<boolean> {
  const decision = limits.check(key, routeOf(scope), scope.clientAddress);
  return decision instanceof Promise
    ? decision.then((settled) => settle(scope, settled))
    : settle(scope, decision);
}

function settle(scope: RequestScope, decision: LimitDecision): boolean {
  const { outcome, policyHeader, limitHeader } = decision;
  if (limitHeader !== '') {
    scope.headers.push('ratelimit-policy', policyHeader, 'ratelimit', limitHeader);
  }
  if (outcome === 'admitted') return true;
  answerRefusal(scope, limitRefusal(decision, outcome, bodyPending(scope)));
  return false;
}

/** By the version of the configuration that the request began with. */
function routeOf({ decision }: RequestScope): LimitedRoute {
  return decision.kind === 'route' ? decision.route.limited : NO_ROUTE;
}
