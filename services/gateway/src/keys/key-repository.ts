import type { ChangeContext, ChangedKey, KeyWriter } from './key-change.ts';
import type { KeyPolicy } from './key-policy.ts';
import type { KeySnapshot } from './key-snapshot.ts';
import type { InstanceReceipt, NewReceipt } from './instance-receipt.ts';
import type { KeyActivity, KeySource, UsageBatch, UsageRow } from './key-usage.ts';

/** How a secret was hashed: `sha256` only for imported hashes that were not used yet. */
export type SecretAlgorithm = 'hmac' | 'sha256';

/** One live secret of a key, as stored: never the secret itself. */
export interface StoredSecret {
  digest: Buffer;
  pepperVersion: number;
  last4: string;
  notAfter: Date | null;
  /** Left out: `hmac`. */
  algorithm?: SecretAlgorithm;
  /** 1 for the first secret of a key, one more with every rotation. Left out: 1. */
  secretNo?: number;
  lastUsedAt?: Date | null;
}

/** A key as its repository knows it. */
export interface StoredKey extends KeyPolicy {
  id: string;
  /** Raised by every change of the key; for `If-Match`. */
  version: number;
  name: string;
  source: 'store' | 'static';
  environment: string;
  prefix: string;
  /** Whom the upstream is told about besides the id; null: nobody was named. */
  identity: string | null;
  tags: readonly string[];
  createdAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
  revokeReason: string | null;
  disabledAt: Date | null;
  /** Hidden and refused; restorable for `RESTORABLE_DAYS`. */
  deletedAt: Date | null;
  lastUsedAt: Date | null;
  rateLimitPerMinute: number | null;
  /** Imported: found by digest, because its text does not fit the key grammar. */
  legacy: boolean;
  /** Fewer than 128 bits of entropy, as far as can be told. */
  weak: boolean;
  /** At most two: the current one and, while a rotation overlaps, the one before. */
  secrets: readonly StoredSecret[];
}

/** After so many days a deleted key is gone for good. */
export const RESTORABLE_DAYS = 7;
/** So long the usage of a key is kept. */
export const USAGE_DAYS = 90;

/** Computed at the time of the answer, so an expired key never shows as active. */
export type KeyState = 'active' | 'rotating' | 'disabled' | 'expired' | 'revoked' | 'deleted';

export interface KeyChanges {
  /** Epoch of the store at the moment of the read. */
  epoch: number;
  /** Clock of the store, for expiry. */
  now: Date;
  /** Keys changed after the epoch that was asked for. */
  keys: readonly KeySnapshot[];
  /** Ids of keys that are gone for good. */
  gone: readonly string[];
}

export interface NewKey {
  id: string;
  name: string;
  environment: string;
  prefix: string;
  expiresAt: Date | null;
  rateLimitPerMinute: number | null;
  secret: StoredSecret;
  identity?: string | null;
  tags?: readonly string[];
  policy?: Partial<KeyPolicy>;
  legacy?: boolean;
  weak?: boolean;
}

/** All conditions must hold. Deleted keys are only listed when asked for by their state. */
export interface KeyQuery {
  state?: KeyState | undefined;
  environment?: string | undefined;
  tag?: string | undefined;
  /** Part of name or identity, start of the id, or the last four characters. */
  q?: string | undefined;
  /** `next` of the page before. */
  cursor?: string | undefined;
  /** Left out: all of them. */
  limit?: number | undefined;
}

export interface KeyPage {
  keys: readonly StoredKey[];
  epoch: number;
  /** Cursor of the next page; null on the last. */
  next: string | null;
}

/** Why a repository refused. */
export type KeyRepositoryErrorCode =
  | 'key_not_found'
  | 'key_read_only'
  /** The key is in a state that does not allow the change. */
  | 'key_state_conflict'
  /** Another change came first (`If-Match`). */
  | 'version_mismatch'
  /** A key with this id or this secret exists. */
  | 'key_exists'
  | 'invalid_request'
  | 'keystore_unavailable';

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
 * - `readChanges` and `load` are one consistent snapshot each;
 * - a revoked key stays revoked; revoking it again changes nothing and raises no epoch;
 * - errors are `KeyRepositoryError`.
 */
export interface KeyRepository extends KeyWriter {
  readChanges: (afterEpoch: number) => Promise<KeyChanges>;
  /** All keys in batches, without ever holding all of them; the sink is told their number first. */
  load: (sink: LoadSink) => Promise<{ epoch: number; now: Date }>;
  list: (query?: KeyQuery) => Promise<KeyPage>;
  get: (id: string) => Promise<ChangedKey>;
  create: (key: NewKey, context?: ChangeContext) => Promise<ChangedKey>;
  revoke: (id: string, reason: string, context?: ChangeContext) => Promise<ChangedKey>;
  /** One change for all of them; unknown and revoked ones are left out. Returns the ids it revoked. */
  revokeMany: (
    ids: readonly string[],
    context?: ChangeContext,
  ) => Promise<{ revoked: readonly string[]; epoch: number }>;
  /** Forgets for good what was deleted more than `RESTORABLE_DAYS` ago, and usage older than `USAGE_DAYS`. */
  purge: (context?: ChangeContext) => Promise<readonly string[]>;
  /** A secret was seen in plain and is hashed anew: an imported hash, or an older pepper. */
  upgradeSecret: (id: string, from: Buffer, to: StoredSecret) => Promise<void>;
  /** Adds to the usage; times of last use are merged by maximum. Raises no epoch. */
  recordUsage: (batch: UsageBatch) => Promise<void>;
  readUsage: (id: string, since: Date) => Promise<readonly UsageRow[]>;
  /** Latest first. */
  readSources: (id: string) => Promise<readonly KeySource[]>;
  /** Of every key that was used since then. */
  readActivity: (since: Date) => Promise<readonly KeyActivity[]>;
  confirm: (receipt: NewReceipt) => Promise<void>;
  withdraw: (instance: string) => Promise<void>;
  receipts: () => Promise<readonly InstanceReceipt[]>;
  close: () => Promise<void>;
}

export interface LoadSink {
  expect: (count: number) => void;
  add: (keys: readonly KeySnapshot[]) => void;
}
