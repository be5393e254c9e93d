import type { AdminRole } from '@omni/contracts/gateway-admin/roles.ts';
import { ADMIN_ROLES } from '@omni/contracts/gateway-admin/roles.ts';

/** Who calls the admin API. */
export interface Caller {
  /** Name for the audit log: the token's name or an e-mail address, never a credential. */
  actor: string;
  role: AdminRole;
}

/** Each role may do what the roles before it may. */
export function mayAct(caller: Caller, needed: AdminRole): boolean {
  return ADMIN_ROLES.indexOf(caller.role) >= ADMIN_ROLES.indexOf(needed);
}

/** Finds out who sent a bearer token; null when nobody we know. Never throws. */
export type Authenticate = (bearer: string) => Caller | null | Promise<Caller | null>;
