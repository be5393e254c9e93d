import type { Dispatcher } from 'undici';
import type { ApiKeyAuth, AuthDecision } from '../keys/api-key-auth.ts';
import type { StoredKey } from '../keys/key-repository.ts';
import { readCredential } from '../keys/read-credential.ts';
import type { RateLimiter } from '../limit/rate-limit.ts';
import { rateHeaders } from '../limit/rate-limit.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import { answerRefusal } from './answer.ts';
import { Exchange } from './exchange.ts';
import type { ExchangeEvents } from './exchange.ts';
import { requestHeaders } from './forward-headers.ts';
import type { OwnHeaders } from './own-headers.ts';
import { refusals } from './refusal.ts';
import { collectBody, planBody } from './request-body.ts';
import { bodyPending } from './request-checks.ts';
import type { RequestScope } from './request-scope.ts';
import type { Upstream } from './upstream-pool.ts';

export interface ProxyOptions {
  auth: ApiKeyAuth;
  limit: RateLimiter;
  /** For keys without a limit of their own. */
  defaultLimitPerMinute: number | undefined;
  upstream: Upstream;
  ownHeaders: OwnHeaders;
  bodyLimitBytes: number;
  metrics: GatewayMetrics;
  /** A key was accepted. */
  keyUsed: (keyId: string) => void;
  reachable: (reachable: boolean) => void;
}

/** Authenticates, limits and forwards one request. */
export type ProxyRequest = (scope: RequestScope) => void;

export function createProxy(options: ProxyOptions): ProxyRequest {
  const events: ExchangeEvents = {
    upstreamAnswered: options.metrics.upstreamAnswered,
    retried: options.metrics.upstreamRetried,
    reachable: options.reachable,
  };
  const admit = (scope: RequestScope, decision: AuthDecision): void => {
    if (decision.kind === 'allowed') {
      scope.keyId = decision.key.id;
      options.keyUsed(decision.key.id);
      if (withinLimit(options, scope, decision.key)) forward(options, events, { scope, decision });
      return;
    }
    if (decision.kind === 'stale') {
      answerRefusal(scope, refusals.keystoreStale);
      return;
    }
    scope.reason = decision.reason;
    options.metrics.authFailed(decision.reason);
    answerRefusal(scope, { ...refusals.unauthorized, close: bodyPending(scope.request) });
  };
  return (scope) => {
    const credential = readCredential(scope.request);
    if (credential.kind === 'ambiguous') {
      answerRefusal(scope, refusals.ambiguousCredentials);
      return;
    }
    if (credential.kind === 'none') {
      admit(scope, { kind: 'refused', reason: 'missing' });
      return;
    }
    const decision = options.auth(credential.key);
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

function withinLimit(options: ProxyOptions, scope: RequestScope, key: StoredKey): boolean {
  const limit = key.rateLimitPerMinute ?? options.defaultLimitPerMinute;
  if (limit === undefined) return true;
  const decision = options.limit(key.id, limit);
  options.metrics.limitDecided(decision.admitted);
  scope.headers = [...scope.headers, ...rateHeaders(decision)];
  if (!decision.admitted) {
    answerRefusal(scope, { ...refusals.rateLimited, close: bodyPending(scope.request) });
  }
  return decision.admitted;
}

function forward(
  options: ProxyOptions,
  events: ExchangeEvents,
  { scope, decision }: { scope: RequestScope; decision: { key: StoredKey } },
): void {
  const { request, response } = scope;
  if (response.destroyed) return;
  const plan = planBody(request, options.bodyLimitBytes);
  if (plan.kind === 'too_large') {
    answerRefusal(scope, refusals.tooLarge);
    return;
  }
  if (scope.expectsContinue && plan.kind !== 'none') response.writeContinue();
  const send = (body?: Dispatcher.DispatchOptions['body']): void => {
    new Exchange(
      {
        dispatcher: options.upstream.pool,
        options: {
          method: request.method ?? 'GET',
          path: options.upstream.prefix + (request.url ?? '/'),
          headers: requestHeaders(request.rawHeaders, options.ownHeaders(scope, decision.key)),
          body: body ?? null,
        },
      },
      scope,
      events,
    ).start();
  };
  switch (plan.kind) {
    case 'none': {
      send();
      return;
    }
    case 'stream': {
      send(plan.stream);
      return;
    }
    case 'collect': {
      collectBody(request, send);
      return;
    }
  }
}
