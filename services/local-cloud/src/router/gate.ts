import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { isAuthorized } from '../api/call-token.ts';
import type { Access } from './access-rule.ts';
import { dropHeader } from './forward-headers.ts';
import { FORBIDDEN, INGRESS_REFUSED, TOKEN_REFUSED } from './problems.ts';
import type { RouterProblem } from './problems.ts';

/** Lets a request pass (null) or says why not. Answers at once unless it has to find the caller. */
export type Gate = (
  request: IncomingMessage,
) => RouterProblem | null | Promise<RouterProblem | null>;

export interface GateSettings {
  readonly access: () => Access;
  /** Bearer token of this run: the one identity that there is. */
  readonly token: string;
  /** Does the other end of the connection belong to an instance of this local cloud? */
  readonly isInstance: (socket: Socket) => Promise<boolean>;
}

/** Where an identity may be: Cloud Run looks at the first one only when it is there. */
const IDENTITY_HEADERS = ['x-serverless-authorization', 'authorization'] as const;

/** Ingress first, then the invoker check, as a request meets them on Cloud Run. */
export function createGate({ access, token, isInstance }: GateSettings): Gate {
  return (request) => {
    const { ingress, invokers } = access();
    if (ingress === 'none') return INGRESS_REFUSED;
    const refusal = invokers === 'anyone' ? null : checkInvoker(request, token);
    if (ingress === 'all') return refusal;
    return isInstance(request.socket).then((inside) => (inside ? refusal : INGRESS_REFUSED));
  };
}

function checkInvoker(request: IncomingMessage, token: string): RouterProblem | null {
  const name = IDENTITY_HEADERS.find((header) => request.headers[header] !== undefined);
  if (name === undefined) return FORBIDDEN;
  if (!isAuthorized(String(request.headers[name]), token)) return TOKEN_REFUSED;
  // It opens the whole control plane: an instance must never get to see it.
  dropHeader(request, name);
  return null;
}
