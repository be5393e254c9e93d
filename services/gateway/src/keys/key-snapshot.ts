import type { KeyPolicy } from './key-policy.ts';
import type { SecretAlgorithm } from './key-repository.ts';

/** What the request path knows of a secret. */
export interface SecretSnapshot {
  readonly digest: Buffer;
  readonly pepperVersion: number;
  readonly algorithm: SecretAlgorithm;
  readonly secretNo: number;
  /** Unix milliseconds; Infinity when nothing ends it. */
  readonly notAfterMs: number;
}

/** States of a key that a flag can hold; expiry is a time. */
export const REVOKED = 1;
export const DISABLED = 2;
export const DELETED = 4;
export const LEGACY = 8;

/** What the request path needs of a key; names and history stay in the store. */
export interface KeySnapshot {
  readonly id: string;
  /** Bits: `REVOKED`, `DISABLED`, `DELETED`, `LEGACY`. */
  readonly flags: number;
  /** Unix milliseconds; Infinity when it never expires. */
  readonly expiresAtMs: number;
  readonly identity: string | null;
  /**
   * Environment and policy as text: just the environment when nothing restricts the key, else the
   * JSON of `SnapshotPolicy`. Text, because equal policies of many keys are shared by it.
   */
  readonly policy: string;
  readonly secrets: readonly SecretSnapshot[];
}

/** What `KeySnapshot.policy` says. */
export interface SnapshotPolicy extends KeyPolicy {
  environment: string;
  rateLimitPerMinute: number | null;
}

/** Whether the key is refused whatever the request: revoked, disabled or deleted. */
export function isEnded({ flags }: KeySnapshot): boolean {
  return hasEndedFlag(flags);
}

export function hasEndedFlag(flags: number): boolean {
  return (flags & (REVOKED | DISABLED | DELETED)) !== 0;
}
