import { createHash, timingSafeEqual } from 'node:crypto';
import type { AdminRole } from '@omni/contracts/gateway-admin/roles.ts';
import { ADMIN_ROLES } from '@omni/contracts/gateway-admin/roles.ts';
import type { Caller } from './caller.ts';

/** Shorter ones could be guessed. */
const MIN_CHARS = 16;

export interface RoleToken {
  role: AdminRole;
  token: string;
}

/** `viewer:token,operator:token`, separated by commas, spaces or newlines; null when malformed. */
export function parseRoleTokens(text: string): RoleToken[] | null {
  const tokens: RoleToken[] = [];
  for (const item of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const colon = item.indexOf(':');
    const role = ADMIN_ROLES.find((name) => name === item.slice(0, colon));
    const token = item.slice(colon + 1);
    if (role === undefined || token.length < MIN_CHARS) return null;
    tokens.push({ role, token });
  }
  return tokens;
}

/**
 * Recognises static admin tokens. They are hashed here and forgotten; every call compares with all
 * of them, so that its time tells nothing. Equal lengths for the comparison come from the digest.
 */
export function createTokenCheck(tokens: readonly RoleToken[]): (bearer: string) => Caller | null {
  const counts = new Map<AdminRole, number>();
  const known = tokens.map(({ role, token }) => {
    const number = (counts.get(role) ?? 0) + 1;
    counts.set(role, number);
    return { digest: sha256(token), caller: { actor: `token:${role}-${number}`, role } };
  });
  return (bearer) => {
    const digest = sha256(bearer);
    let found: Caller | null = null;
    for (const { digest: each, caller } of known) {
      if (timingSafeEqual(each, digest)) found = caller;
    }
    return found;
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
