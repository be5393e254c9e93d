import { createHmac, timingSafeEqual } from 'node:crypto';

/** Who calls, as the gateway vouches for it in `x-omni-principal`. */
export interface Principal {
  readonly keyId: string;
  readonly environment: string;
  /** Whom the key belongs to, null when it belongs to nobody in particular. */
  readonly identity: string | null;
  /** What the key may be used for, empty for everything; null when there are too many to be told. */
  readonly scopes: readonly string[] | null;
}

/** Long enough for slow clocks and queues, short enough that a captured header is soon useless. */
export const PRINCIPAL_LIFETIME_S = 30;
/** All headers together may have 16 KiB on most servers: this one leaves most of it to the others. */
const MOST_SCOPES_CHARS = 2_048;

/**
 * `<base64url JSON {key_id, env, identity?, scopes?, exp}>.<base64url HMAC-SHA-256>`; `exp` in unix
 * seconds; without an identity or scopes their claims are left out, too many scopes are `null`.
 */
export function signPrincipal(principal: Principal, secret: string, nowMs: number): string {
  const exp = Math.floor(nowMs / 1_000) + PRINCIPAL_LIFETIME_S;
  const { keyId, environment, identity, scopes } = principal;
  const claims = {
    key_id: keyId,
    env: environment,
    ...(identity === null ? {} : { identity }),
    ...(scopes?.length === 0 ? {} : { scopes: tellable(scopes) }),
    exp,
  };
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${payload}.${macOf(payload, secret).toString('base64url')}`;
}

function tellable(scopes: readonly string[] | null): readonly string[] | null {
  const chars = scopes?.reduce((sum, scope) => sum + scope.length, 0) ?? Infinity;
  return chars > MOST_SCOPES_CHARS ? null : scopes;
}

/** The principal, or null when the header is absent, altered, malformed or expired. */
export function verifyPrincipal(
  header: string | undefined,
  secret: string,
  nowMs: number,
): Principal | null {
  const [payload, mac, ...rest] = (header ?? '').split('.');
  if (!payload || !mac || rest.length > 0) return null;
  const given = Buffer.from(mac, 'base64url');
  const expected = macOf(payload, secret);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  return toPrincipal(payload, nowMs);
}

function toPrincipal(payload: string, nowMs: number): Principal | null {
  // The MAC matched, so this is JSON that `signPrincipal` wrote.
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<
    string,
    unknown
  >;
  const { key_id: keyId, env: environment, identity = null, scopes = [], exp } = claims;
  if (typeof keyId !== 'string' || typeof environment !== 'string') return null;
  if (typeof exp !== 'number' || exp * 1_000 <= nowMs) return null;
  return {
    keyId,
    environment,
    identity: typeof identity === 'string' ? identity : null,
    scopes: Array.isArray(scopes) ? scopes.map(String) : null,
  };
}

function macOf(payload: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(payload).digest();
}
