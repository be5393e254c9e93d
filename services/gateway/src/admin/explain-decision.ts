import type { ExplainAnswer, ExplainRequest } from '@omni/contracts/gateway-admin/explain.ts';
import type { StoredKey } from '../keys/key-repository.ts';
import { NO_ROUTE } from '../limit/limit-plan.ts';
import type { LimitStates } from '../limit/limit-admin.ts';
import type { AdminParts } from './admin-parts.ts';
import { repositoryOf } from './admin-parts.ts';
import { checkScopes } from './check-scopes.ts';

type KeyVerdict = Pick<ExplainAnswer, 'decision' | 'reason' | 'steps'>;

const STATUS = { allowed: null, refused: 401, forbidden: 403, limited: 429 } as const;
const NO_LIMITS: LimitStates = { limits: [], quotas: [] };

/** What would be decided about a request, asked of the parts that decide. */
export async function explainDecision(
  parts: AdminParts,
  request: ExplainRequest,
): Promise<ExplainAnswer> {
  if (request.scopes !== undefined) checkScopes(request.scopes);
  const { key } = await (await repositoryOf(parts, request.keyId)).get(request.keyId);
  // The table that requests are decided by, as current as it is for a request.
  await parts.afterChange();
  const verdict = judge(parts, key, request);
  const states =
    verdict.decision === 'allowed' ? await limitStates(parts, key, request) : NO_LIMITS;
  const limited = limitOf(states);
  const steps = [...verdict.steps, ...limitSteps(verdict, states)];
  const ended = limited === null ? verdict : { decision: 'limited' as const, reason: limited };
  return {
    decision: ended.decision,
    status: STATUS[ended.decision],
    reason: ended.reason,
    steps,
    limits: [...states.limits],
    quotas: [...states.quotas],
  };
}

/** Keys of API_KEYS have neither state nor policy: whoever has the text is let in. */
function judge(parts: AdminParts, key: StoredKey, request: ExplainRequest): KeyVerdict {
  if (key.source === 'static' || parts.explain === null) {
    return { decision: 'allowed', reason: null, steps: [{ check: 'static', outcome: 'passed' }] };
  }
  const { keyId, ...thought } = request;
  const { kind, reason, steps } = parts.explain({ keyId }, thought);
  return { decision: kind, reason, steps: [...steps] };
}

function limitStates(
  { limits, routing }: AdminParts,
  key: StoredKey,
  { clientAddress, method, path }: ExplainRequest,
): Promise<LimitStates> {
  if (limits === null) return Promise.resolve(NO_LIMITS);
  const found = routing.current.table.find(undefined, method, path);
  const route = found.kind === 'route' ? found.route.limited : NO_ROUTE;
  const address = clientAddress === undefined ? {} : { address: clientAddress };
  return limits.peek({ key, route, ...address });
}

/** Id of the limit or quota that would refuse; null when none does. */
function limitOf({ limits, quotas }: LimitStates): string | null {
  const limit = limits.find(({ waitUs }) => waitUs > 0)?.policy;
  const quota = quotas.find(({ used, quota: { limit: most, cost } }) => used + cost > most)?.quota;
  return (limit ?? quota)?.id ?? null;
}

function limitSteps({ decision }: KeyVerdict, states: LimitStates): ExplainAnswer['steps'] {
  if (decision !== 'allowed') return [{ check: 'limits', outcome: 'not_asked' }];
  return [{ check: 'limits', outcome: limitOf(states) === null ? 'passed' : 'refused' }];
}
