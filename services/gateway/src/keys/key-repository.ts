/** One live secret of a key, as stored: never the secret itself. */
export interface StoredSecret {
  digest: Buffer;
  pepperVersion: number;
  last4: string;
  notAfter: Date | null;
}

/** A key as its repository knows it. */
export interface StoredKey {
  id: string;
  name: string;
  source: 'store' | 'static';
  environment: string;
  prefix: string;
  createdAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
  revokeReason: string | null;
  lastUsedAt: Date | null;
  rateLimitPerMinute: number | null;
  /** At most two: the current one and, while a rotation overlaps, the one before. */
  secrets: readonly StoredSecret[];
}

export interface KeyChanges {
  /** Epoch of the store at the moment of the read. */
  epoch: number;
  /** Clock of the store, for expiry. */
  now: Date;
  /** Keys changed after the epoch that was asked for. */
  keys: readonly StoredKey[];
}

export interface NewKey {
  id: string;
  name: string;
  environment: string;
  prefix: string;
  expiresAt: Date | null;
  rateLimitPerMinute: number | null;
  secret: StoredSecret;
}

/** Why a repository refused. */
export type KeyRepositoryErrorCode = 'key_not_found' | 'key_read_only' | 'keystore_unavailable';

export class KeyRepositoryError extends Error {
  readonly code: KeyRepositoryErrorCode;

  constructor(code: KeyRepositoryErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'KeyRepositoryError';
    this.code = code;
  }
}

/**
 * Where keys live. Promises:
 * - every accepted change raises the epoch by one, in commit order, and no change is skipped by a
 *   reader that asks for "after epoch n";
 * - `readChanges` is one consistent snapshot;
 * - a revoked key stays revoked; revoking it again changes nothing and raises no epoch;
 * - errors are `KeyRepositoryError`.
 */
export interface KeyRepository {
  readChanges: (afterEpoch: number) => Promise<KeyChanges>;
  list: () => Promise<{ keys: readonly StoredKey[]; epoch: number }>;
  create: (key: NewKey) => Promise<{ key: StoredKey; epoch: number }>;
  revoke: (id: string, reason: string) => Promise<{ key: StoredKey; epoch: number }>;
  /** Times of last use, merged by maximum; raises no epoch. */
  recordUse: (lastUsed: ReadonlyMap<string, Date>) => Promise<void>;
  close: () => Promise<void>;
}
