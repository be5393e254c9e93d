import type { AdminRole } from '@omni/contracts/gateway-admin/roles.ts';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { Authenticate } from './caller.ts';

const ISSUERS = ['https://accounts.google.com', 'accounts.google.com'];
/** Clocks of two machines differ. */
const TOLERANCE_S = 30;

export interface GoogleIdentityOptions {
  audience: string;
  /** E-mail address -> role. Nobody else is let in. */
  users: ReadonlyMap<string, AdminRole>;
  /** Google's public keys as a JWK set. */
  certsUrl: string;
  /** The keys can't be read: the token is refused, and the operator should know why. */
  onError: (error: Error) => void;
}

/**
 * Recognises Google ID tokens: signature (RS256 only), issuer, audience, time and a verified e-mail
 * address on the list.
 */
export function createGoogleCheck(options: GoogleIdentityOptions): Authenticate {
  const keys = createRemoteJWKSet(new URL(options.certsUrl), { timeoutDuration: 3_000 });
  return async (bearer) => {
    try {
      const { payload } = await jwtVerify(bearer, keys, {
        algorithms: ['RS256'],
        issuer: ISSUERS,
        audience: options.audience,
        clockTolerance: TOLERANCE_S,
        requiredClaims: ['exp', 'iat', 'email'],
      });
      const { email, email_verified: verified } = payload;
      if (typeof email !== 'string' || verified !== true) return null;
      const role = options.users.get(email.toLowerCase());
      return role === undefined ? null : { actor: email.toLowerCase(), role };
    } catch (error) {
      if (!isRefusal(error)) {
        options.onError(error instanceof Error ? error : new Error(String(error)));
      }
      return null;
    }
  };
}

/** A bad token is the caller's business; anything else is ours, such as keys that can't be read. */
function isRefusal(error: unknown): boolean {
  return error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout);
}

/** Three base64url parts: worth a signature check. */
export function looksLikeJwt(bearer: string): boolean {
  return /^[\w-]{4,}\.[\w-]{4,}\.[\w-]{16,}$/.test(bearer);
}
