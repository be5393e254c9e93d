import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticate, Caller } from '../credentials/caller.ts';
import { mayAct } from '../credentials/caller.ts';
import type { AddressThrottle } from './address-throttle.ts';
import { AdminError } from './admin-error.ts';
import type { AdminRoute } from './admin-route.ts';
import { checkOrigin } from './request-origin.ts';
import type { OriginRules } from './request-origin.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    admin?: AdminRoute;
  }
  interface FastifyRequest {
    caller?: Caller;
  }
}

/** The door: throws an `AdminError` or lets the request in with its caller. */
export type AdmitRequest = (
  request: FastifyRequest,
  reply: FastifyReply,
  clientAddress: string,
) => Promise<void>;

export interface AdmissionRules {
  origin: OriginRules;
  authenticate: Authenticate;
  /** All requests of an address. */
  requests: AddressThrottle;
  /** Wrong credentials of an address. */
  failures: AddressThrottle;
}

const BEARER = /^Bearer +([^\s,]{1,8192})$/i;

/** Origin first, then the rate, then the credential, then the role: the cheapest question first. */
export function createAdmission(rules: AdmissionRules): AdmitRequest {
  return async (request, reply, clientAddress) => {
    checkOrigin(request.headers, rules.origin);
    const wait = Math.max(rules.requests.take(clientAddress), rules.failures.peek(clientAddress));
    if (wait > 0) {
      reply.header('retry-after', String(wait));
      throw new AdminError('rate_limited');
    }
    const { admin: route } = request.routeOptions.config;
    if (route?.role === 'open') return;
    const bearer = BEARER.exec(request.headers.authorization ?? '')?.[1];
    const caller = bearer === undefined ? null : await rules.authenticate(bearer);
    if (caller === null) {
      rules.failures.take(clientAddress);
      throw new AdminError('unauthorized');
    }
    // Only a known caller learns which routes there are.
    if (route === undefined) throw new AdminError('not_found');
    if (!mayAct(caller, route.role)) {
      throw new AdminError('role_denied', `This needs the role ${route.role}`);
    }
    request.caller = caller;
  };
}
