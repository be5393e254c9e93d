import { signPrincipal } from '@omni/kit/principal.ts';
import type { AcceptedKey } from '../keys/api-key-auth.ts';
import { tracestateOf } from '../tracing/trace-context.ts';
import type { RequestScope } from './request-scope.ts';

/** A signed principal lives 30 s; signing anew every 10 s makes it free. */
const PRINCIPAL_REUSE_MS = 10_000;

/** Appends the headers that the gateway vouches for towards the upstream, as flat pairs. */
export type OwnHeaders = (scope: RequestScope, key: AcceptedKey, into: string[]) => void;

export interface OwnHeadersOptions {
  trustedHops: number;
  principalSecret: string | undefined;
}

/** Forwarding headers rebuilt from what we know ourselves, request id, trace, signed principal. */
export function createOwnHeaders(options: OwnHeadersOptions): OwnHeaders {
  const principalOf = createPrincipals(options.principalSecret);
  return (scope, key, into) => {
    const { head } = scope;
    const proto = options.trustedHops > 0 ? head['x-forwarded-proto'] : undefined;
    into.push(
      'x-request-id',
      scope.requestId,
      'x-forwarded-for',
      scope.clientAddress,
      'x-forwarded-proto',
      proto === 'https' ? 'https' : 'http',
      'traceparent',
      scope.traceparent,
    );
    const tracestate = tracestateOf(scope);
    if (tracestate !== undefined) into.push('tracestate', tracestate);
    if (head.host !== undefined) into.push('x-forwarded-host', head.host);
    const principal = principalOf(key);
    if (principal !== undefined) into.push('x-omni-principal', principal);
  };
}

function createPrincipals(secret: string | undefined): (key: AcceptedKey) => string | undefined {
  if (secret === undefined) return () => undefined;
  // By the object, which is made anew when the key is changed and goes when nobody uses the key.
  const cache = new WeakMap<AcceptedKey, { header: string; until: number }>();
  return (key) => {
    const now = Date.now();
    const cached = cache.get(key);
    if (cached !== undefined && cached.until > now) return cached.header;
    const { id: keyId, environment, identity, scopes } = key;
    const header = signPrincipal({ keyId, environment, identity, scopes }, secret, now);
    cache.set(key, { header, until: now + PRINCIPAL_REUSE_MS });
    return header;
  };
}
