import type { AuthFailure, AuthSubject } from './auth-decision.ts';
import { inAnyCidr } from './cidr.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { DELETED, DISABLED, REVOKED } from './key-snapshot.ts';

/** What is judged about a key whose secret matched. */
export interface KeyFacts {
  flags: number;
  expiresAtMs: number;
  policy: CompiledPolicy;
  /** Clock of the store. */
  nowMs: number;
  /** Environments that this gateway serves; null for all. */
  environments: ReadonlySet<string> | null;
}

type Check = (facts: KeyFacts, subject: AuthSubject) => boolean;

/**
 * The questions after the secret matched, in this order; each tells whether it refuses. `explain`
 * walks the same list.
 */
export const CHECKS: readonly { readonly reason: AuthFailure; readonly refuses: Check }[] = [
  { reason: 'revoked', refuses: ({ flags }) => (flags & REVOKED) !== 0 },
  { reason: 'disabled', refuses: ({ flags }) => (flags & DISABLED) !== 0 },
  { reason: 'deleted', refuses: ({ flags }) => (flags & DELETED) !== 0 },
  { reason: 'expired', refuses: ({ expiresAtMs, nowMs }) => expiresAtMs <= nowMs },
  {
    reason: 'environment',
    refuses: ({ environments, policy }) =>
      environments !== null && !environments.has(policy.environment),
  },
  {
    reason: 'ip',
    refuses: ({ policy }, { clientAddress }) =>
      policy.ranges !== null && !inAnyCidr(policy.ranges, clientAddress),
  },
  {
    reason: 'scope',
    refuses: ({ policy }, { method, path }) =>
      policy.inScope !== null && !policy.inScope(method, path),
  },
];

/** The first reason to refuse; null when there is none. */
export function judgeKey(facts: KeyFacts, subject: AuthSubject): AuthFailure | null {
  for (const { reason, refuses } of CHECKS) if (refuses(facts, subject)) return reason;
  return null;
}
