import { randomFillSync } from 'node:crypto';
import { signPrincipal } from '@omni/kit/principal.ts';
import type { StoredKey } from '../keys/key-repository.ts';
import type { RequestScope } from './request-scope.ts';

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
/** A signed principal lives 30 s; signing anew every 10 s makes it free. */
const PRINCIPAL_REUSE_MS = 10_000;

/** A trace id and a span id. */
const TRACE_BYTES = 24;
/** Random bytes are drawn in stock: one call for 170 requests. */
const random = Buffer.alloc(TRACE_BYTES * 170);
let randomAt = random.length;

/** Headers that the gateway vouches for towards the upstream, as flat pairs. */
export type OwnHeaders = (scope: RequestScope, key: StoredKey) => string[];

export interface OwnHeadersOptions {
  upstreamHost: string;
  trustedHops: number;
  principalSecret: string | undefined;
}

/** Forwarding headers rebuilt from what we know ourselves, request id, trace, signed principal. */
export function createOwnHeaders(options: OwnHeadersOptions): OwnHeaders {
  const principalOf = createPrincipals(options.principalSecret);
  return (scope, key) => {
    const { headers } = scope.request;
    const proto = options.trustedHops > 0 ? headers['x-forwarded-proto'] : undefined;
    const own = [
      'host',
      options.upstreamHost,
      'x-request-id',
      scope.requestId,
      'x-forwarded-for',
      scope.clientAddress,
      'x-forwarded-proto',
      proto === 'https' ? 'https' : 'http',
      'traceparent',
      traceparentFrom(headers['traceparent']),
    ];
    if (headers.host !== undefined) own.push('x-forwarded-host', headers.host);
    const principal = principalOf(key);
    if (principal !== undefined) own.push('x-omni-principal', principal);
    return own;
  };
}

/** A well-formed W3C traceparent passes; anything else is replaced by a new, unsampled one. */
export function traceparentFrom(header: string | string[] | undefined): string {
  if (typeof header === 'string' && TRACEPARENT.test(header)) return header;
  if (randomAt + TRACE_BYTES > random.length) {
    randomFillSync(random);
    randomAt = 0;
  }
  const ids = random.toString('hex', randomAt, (randomAt += TRACE_BYTES));
  return `00-${ids.slice(0, 32)}-${ids.slice(32)}-00`;
}

function createPrincipals(secret: string | undefined): (key: StoredKey) => string | undefined {
  if (secret === undefined) return () => undefined;
  const cache = new Map<string, { header: string; until: number }>();
  return ({ id, environment }) => {
    const now = Date.now();
    const cached = cache.get(id);
    if (cached !== undefined && cached.until > now) return cached.header;
    const header = signPrincipal({ keyId: id, environment }, secret, now);
    cache.set(id, { header, until: now + PRINCIPAL_REUSE_MS });
    return header;
  };
}
