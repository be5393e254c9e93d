import { createHmac, timingSafeEqual } from 'node:crypto';

/** Who calls, as the gateway vouches for it in `x-omni-principal`. */
export interface Principal {
  keyId: string;
  environment: string;
}

/** Long enough for slow clocks and queues, short enough that a captured header is soon useless. */
export const PRINCIPAL_LIFETIME_S = 30;

/** `<base64url JSON {key_id, env, exp}>.<base64url HMAC-SHA-256>`; `exp` in unix seconds. */
export function signPrincipal(principal: Principal, secret: string, nowMs: number): string {
  const exp = Math.floor(nowMs / 1_000) + PRINCIPAL_LIFETIME_S;
  const claims = { key_id: principal.keyId, env: principal.environment, exp };
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${payload}.${macOf(payload, secret).toString('base64url')}`;
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
  const { key_id: keyId, env: environment, exp } = claims;
  if (typeof keyId !== 'string' || typeof environment !== 'string') return null;
  if (typeof exp !== 'number' || exp * 1_000 <= nowMs) return null;
  return { keyId, environment };
}

function macOf(payload: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(payload).digest();
}
