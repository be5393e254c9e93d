import type { AdminRole } from '@omni/contracts/gateway-admin/roles.ts';
import { ADMIN_ROLES } from '@omni/contracts/gateway-admin/roles.ts';

/** `ada@example.com:admin,bob@example.com:viewer`; null when malformed. */
export function parseUsers(text: string): ReadonlyMap<string, AdminRole> | null {
  const users = new Map<string, AdminRole>();
  for (const item of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const colon = item.lastIndexOf(':');
    const email = item.slice(0, Math.max(colon, 0)).toLowerCase();
    const role = ADMIN_ROLES.find((name) => name === item.slice(colon + 1));
    if (role === undefined || !/^[^\s@]+@[^\s@]+$/.test(email)) return null;
    users.set(email, role);
  }
  return users;
}
