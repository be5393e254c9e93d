import type { AuditClient } from '../audit/append-audit.ts';
import type { AuditOrigin } from '../audit/audit-entry.ts';
import type { KeyPolicy } from './key-policy.ts';
import type { StoredKey, StoredSecret } from './key-repository.ts';

/** A key after an accepted change. */
export interface ChangedKey {
  key: StoredKey;
  epoch: number;
}

/** Everything that is committed together with a change of a key, or not at all. */
export interface ChangeContext {
  /** Goes into the audit log, written in the change's own transaction (`appendAudit`). */
  origin: AuditOrigin;
  /** Refuse with `version_mismatch` when the key's version is another one by now. */
  ifVersion?: number | undefined;
  /** The last step before COMMIT, for what remembers the answer (idempotency keys). */
  alongside?: ((client: AuditClient, changed: ChangedKey) => Promise<void>) | undefined;
}

/** What an operator may change of a key that exists; members that are left out stay as they are. */
export type KeyPatch = Partial<
  Pick<StoredKey, 'name' | 'expiresAt' | 'rateLimitPerMinute' | 'identity' | 'tags'> & KeyPolicy
>;

/**
 * Changes of keys that exist. Each is one transaction with epoch, change row, audit entry and
 * notice. A change that changes nothing (revoking a revoked key) raises no epoch and writes no entry.
 */
export interface KeyWriter {
  patch: (id: string, patch: KeyPatch, context: ChangeContext) => Promise<ChangedKey>;
  /** The new secret is current; the one before works until `overlapSeconds` from now, never longer than the key. */
  rotate: (
    id: string,
    rotation: { secret: StoredSecret; overlapSeconds: number },
    context: ChangeContext,
  ) => Promise<ChangedKey>;
  /** Ends the older secret of a rotation at once. */
  retireOld: (id: string, context: ChangeContext) => Promise<ChangedKey>;
  disable: (id: string, context: ChangeContext) => Promise<ChangedKey>;
  enable: (id: string, context: ChangeContext) => Promise<ChangedKey>;
  /** Hidden and refused at once; `restore` brings it back for seven days, as disabled. */
  remove: (id: string, context: ChangeContext) => Promise<ChangedKey>;
  restore: (id: string, context: ChangeContext) => Promise<ChangedKey>;
}
