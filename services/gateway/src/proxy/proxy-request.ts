import type { AcceptedKey, ApiKeyAuth, AuthDecision } from '../keys/api-key-auth.ts';
import { readCredential } from '../keys/read-credential.ts';
import { applyLimits } from '../limit/apply-limits.ts';
import type { Limits } from '../limit/limits.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import { answerFault, answerRefusal } from './answer.ts';
import { forwardRequest } from './forward-request.ts';
import type { ForwardOptions } from './forward-request.ts';
import type { OpenStreams } from './open-streams.ts';
import type { OwnHeaders } from './own-headers.ts';
import { refusals, scopeDenied } from './refusal.ts';
import { bodyPending } from './request-checks.ts';
import type { RequestScope } from './request-scope.ts';
import { SlowBodies } from './slow-bodies.ts';
import type { ReceiveRule } from './slow-bodies.ts';
import { takePlace } from './take-place.ts';
import type { WebSocketLimits } from '../websocket/admit-websocket.ts';

export interface ProxyOptions {
  auth: ApiKeyAuth;
  limits: Limits;
  streams: OpenStreams;
  webSockets: WebSocketLimits;
  /** Requests of one key under way at once, streams and WebSockets among them. */
  maxConcurrentPerKey: number;
  receive: ReceiveRule;
  ownHeaders: OwnHeaders;
  metrics: GatewayMetrics;
  /** A key was accepted. */
  keyUsed: (key: AcceptedKey) => void;
}

/** Authenticates, limits and forwards one request. */
export type ProxyRequest = (scope: RequestScope) => void;

export function createProxy(options: ProxyOptions): ProxyRequest {
  const { metrics } = options;
  const forwarding = forwardingOf(options);
  const admit = (scope: RequestScope, decision: AuthDecision): void => {
    if (decision.kind === 'allowed') {
      scope.keyId = decision.key.id;
      scope.key = decision.key;
      options.keyUsed(decision.key);
      if (!hasScopes(decision.key, scope)) {
        scope.reason = 'scope';
        metrics.authFailed('scope');
        answerRefusal(scope, scopeDenied(deniedScopes(scope), bodyPending(scope)));
        return;
      }
      if (!takePlace(scope, decision.key, options.maxConcurrentPerKey)) return;
      const within = applyLimits(options.limits, scope, decision.key);
      if (within === true) forwardRequest(forwarding, scope, decision.key);
      else if (within !== false) {
        within
          .then((isWithin) =>
            isWithin ? forwardRequest(forwarding, scope, decision.key) : undefined,
          )
          .catch((fault: unknown) => answerFault(scope, fault));
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
      answerRefusal(scope, scopeDenied(decision.needed, bodyPending(scope)));
      return;
    }
    answerRefusal(scope, { ...refusals.unauthorized, close: bodyPending(scope) });
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
    decision
      .then((settled) => admit(scope, settled))
      .catch((fault: unknown) => answerFault(scope, fault));
  };
}

function forwardingOf(options: ProxyOptions): ForwardOptions {
  const { ownHeaders, webSockets, receive, streams, metrics } = options;
  const { upstreamAnswered, upstreamRetried } = metrics;
  const events = { upstreamAnswered, upstreamRetried, streams };
  return { ownHeaders, webSockets, slowBodies: new SlowBodies(receive), events };
}

/** What a route asks of a key beside being valid. */
function hasScopes(key: AcceptedKey, { decision }: RequestScope): boolean {
  if (decision.kind !== 'route' || decision.route.scopes.length === 0) return true;
  return decision.route.scopes.every((scope) => key.scopes.includes(scope));
}

function deniedScopes({ decision }: RequestScope): string {
  return decision.kind === 'route' ? decision.route.scopes.join(' ') : '';
}
