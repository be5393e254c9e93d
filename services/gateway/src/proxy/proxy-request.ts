import type { Readable } from 'node:stream';
import type { AcceptedKey, ApiKeyAuth, AuthDecision } from '../keys/api-key-auth.ts';
import { readCredential } from '../keys/read-credential.ts';
import { applyLimits } from '../limit/apply-limits.ts';
import type { Limits } from '../limit/limits.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import { answerRefusal } from './answer.ts';
import { Exchange } from './exchange.ts';
import type { ExchangeEvents } from './exchange.ts';
import type { OwnHeaders } from './own-headers.ts';
import { refusals, scopeDenied } from './refusal.ts';
import { collectBody, planBody, watchSize } from './request-body.ts';
import { bodyPending } from './request-checks.ts';
import type { RequestScope } from './request-scope.ts';
import type { RouteSettings } from '../upstreams/upstream-target.ts';

export interface ProxyOptions {
  auth: ApiKeyAuth;
  limits: Limits;
  route: (scope: RequestScope) => RouteSettings;
  ownHeaders: OwnHeaders;
  metrics: GatewayMetrics;
  /** A key was accepted. */
  keyUsed: (key: AcceptedKey) => void;
}

/** Authenticates, limits and forwards one request. */
export type ProxyRequest = (scope: RequestScope) => void;

export function createProxy(options: ProxyOptions): ProxyRequest {
  const events: ExchangeEvents = {
    upstreamAnswered: options.metrics.upstreamAnswered,
    upstreamRetried: options.metrics.upstreamRetried,
  };
  const admit = (scope: RequestScope, decision: AuthDecision): void => {
    if (decision.kind === 'allowed') {
      scope.keyId = decision.key.id;
      scope.key = decision.key;
      options.keyUsed(decision.key);
      const within = applyLimits(options.limits, scope, decision.key);
      if (within === true) forward(options, events, { scope, decision });
      else if (within !== false) {
        within.then(
          (isWithin) => (isWithin ? forward(options, events, { scope, decision }) : undefined),
          () => answerRefusal(scope, refusals.internal),
        );
      }
      return;
    }
    if (decision.kind === 'stale') {
      answerRefusal(scope, refusals.keystoreStale);
      return;
    }
    scope.reason = decision.reason;
    options.metrics.authFailed(decision.reason);
    if (decision.kind === 'forbidden') {
      scope.keyId = decision.keyId;
      answerRefusal(scope, scopeDenied(decision.needed, bodyPending(scope.request)));
      return;
    }
    answerRefusal(scope, { ...refusals.unauthorized, close: bodyPending(scope.request) });
  };
  return (scope) => {
    const credential = readCredential(scope.head, scope.request.rawHeaders);
    if (credential.kind === 'ambiguous') {
      answerRefusal(scope, refusals.ambiguousCredentials);
      return;
    }
    if (credential.kind === 'none') {
      admit(scope, { kind: 'refused', reason: 'missing' });
      return;
    }
    const decision = options.auth(credential.key, scope);
    if (!(decision instanceof Promise)) {
      admit(scope, decision);
      return;
    }
    decision.then(
      (settled) => admit(scope, settled),
      () => answerRefusal(scope, refusals.internal),
    );
  };
}

function forward(
  options: ProxyOptions,
  events: ExchangeEvents,
  { scope, decision }: { scope: RequestScope; decision: { key: AcceptedKey } },
): void {
  const { request, response } = scope;
  if (response.destroyed) return;
  const route = options.route(scope);
  const plan = planBody(scope.head, route.bodyLimitBytes);
  if (plan.kind === 'too_large') {
    answerRefusal(scope, refusals.tooLarge);
    return;
  }
  if (scope.expectsContinue && plan.kind !== 'none') response.writeContinue();
  const headers = scope.head.forwarded;
  options.ownHeaders(scope, decision.key, headers);
  const send = (body: Buffer | Readable | null, bodyLength?: number): void => {
    const exchange = new Exchange({ route, headers, body, bodyLength }, scope, events);
    if (body === request && bodyLength === undefined) {
      watchSize(request, route.bodyLimitBytes, () => exchange.bodyTooLarge());
    }
    exchange.start();
  };
  if (plan.kind === 'none') send(null);
  else if (plan.kind === 'stream') send(request, plan.length);
  else collectBody(request, send);
}
