import type { AcceptedKey, ApiKeyAuth, AuthDecision } from '../keys/api-key-auth.ts';
import type { AuthFailure } from '../keys/auth-decision.ts';
import { readCredential } from '../keys/read-credential.ts';
import { METRICS_SCOPE } from '../keys/scope.ts';
import { refusals, scopeDenied } from '../proxy/refusal.ts';
import type { Refusal } from '../proxy/refusal.ts';
import type { RequestScope } from '../proxy/request-scope.ts';
import { bearerMatches } from './bearer.ts';

export interface MetricsAccessOptions {
  metricsToken: string | undefined;
  auth: ApiKeyAuth;
  keyUsed: (key: AcceptedKey) => void;
  authFailed: (reason: AuthFailure) => void;
}

/**
 * Who may read /metrics: whoever has METRICS_TOKEN, or an API key with the scope that says so; without
 * a token also everybody on this machine. Null when the request may, else the answer: for others
 * without a token the path does not exist.
 */
export async function metricsRefusal(
  scope: RequestScope,
  options: MetricsAccessOptions,
): Promise<Refusal | null> {
  const { headers, socket, rawHeaders } = scope.request;
  const { metricsToken } = options;
  const isOpen =
    metricsToken === undefined
      ? isLoopback(socket.remoteAddress)
      : bearerMatches(headers.authorization, metricsToken);
  if (isOpen) return null;
  const otherwise = metricsToken === undefined ? refusals.notFound : refusals.unauthorized;
  const credential = readCredential(scope.head, rawHeaders);
  if (credential.kind !== 'key') return otherwise;
  return byKey(scope, options, { decision: await options.auth(credential.key, scope), otherwise });
}

function byKey(
  scope: RequestScope,
  { keyUsed, authFailed }: MetricsAccessOptions,
  { decision, otherwise }: { decision: AuthDecision; otherwise: Refusal },
): Refusal | null {
  switch (decision.kind) {
    case 'stale': {
      return refusals.keystoreStale;
    }
    case 'refused': {
      scope.reason = decision.reason;
      authFailed(decision.reason);
      return otherwise;
    }
    case 'forbidden': {
      scope.keyId = decision.keyId;
      return withoutScope(scope, authFailed);
    }
    case 'allowed': {
      const { key } = decision;
      scope.keyId = key.id;
      scope.key = key;
      keyUsed(key);
      // Not even a key that may do everything else: what all keys do is shown here.
      return key.scopes.includes(METRICS_SCOPE) ? null : withoutScope(scope, authFailed);
    }
  }
}

function withoutScope(
  scope: RequestScope,
  authFailed: MetricsAccessOptions['authFailed'],
): Refusal {
  scope.reason = 'scope';
  authFailed('scope');
  return scopeDenied(METRICS_SCOPE, false);
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);
}
