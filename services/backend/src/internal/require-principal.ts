import { PRINCIPAL_HEADER } from '@omni/contracts/headers.ts';
import type { Principal } from '@omni/kit/principal.ts';
import { verifyPrincipal } from '@omni/kit/principal.ts';
import type { onRequestHookHandler } from 'fastify';
import { HttpError } from '../routes/http-error.ts';

/** Verifies with each secret, so that a rotation of the secret refuses nobody. */
export function verifyWithAny(
  header: string | undefined,
  secrets: readonly string[],
  nowMs: number,
): Principal | null {
  for (const secret of secrets) {
    const principal = verifyPrincipal(header, secret, nowMs);
    if (principal !== null) return principal;
  }
  return null;
}

/** Refuses every request that does not carry the gateway's signature; open routes are let through. */
export function createPrincipalGuard(secrets: readonly string[]): onRequestHookHandler {
  return (request, _reply, done) => {
    const header = request.headers[PRINCIPAL_HEADER];
    const given = typeof header === 'string' ? header : undefined;
    const open = request.routeOptions.config.access === 'open';
    const welcome = open || verifyWithAny(given, secrets, Date.now()) !== null;
    done(welcome ? undefined : refusal());
  };
}

function refusal(): HttpError {
  return new HttpError(401, {
    code: 'principal_required',
    title: 'Only the gateway may call this service',
    detail: 'The x-omni-principal header is missing, expired or not signed by the gateway.',
  });
}
