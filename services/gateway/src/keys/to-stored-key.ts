import type { KeyPolicy } from './key-policy.ts';
import type { KeyState, SecretAlgorithm, StoredKey } from './key-repository.ts';

/** Columns of a key `k` with its secrets as JSON, for SELECT lists. */
export const KEY_COLUMNS = `
  k.id, k.version, k.name, k.environment, k.prefix, k.identity, k.tags, k.scopes, k.cidrs, k.limits,
  k.quotas, k.fail_open, k.legacy, k.weak, k.created_at, k.expires_at, k.revoked_at,
  k.revoke_reason, k.disabled_at, k.deleted_at, k.last_used_at, k.rate_limit_per_minute,
  (SELECT json_agg(json_build_object('digest', encode(s.digest, 'hex'), 'pepper', s.pepper_version,
     'last4', s.last4, 'not_after', extract(epoch FROM s.not_after), 'algorithm', s.algorithm,
     'no', s.secret_no, 'last_used_at', extract(epoch FROM s.last_used_at)) ORDER BY s.slot)
   FROM key_secrets s WHERE s.key_id = k.id) AS secrets`;

/** State of a key `k` by the clock of the store; `keyState` says the same of a `StoredKey`. */
export const KEY_STATE = `
  CASE WHEN k.deleted_at IS NOT NULL THEN 'deleted'
    WHEN k.revoked_at IS NOT NULL THEN 'revoked'
    WHEN k.expires_at <= clock_timestamp() THEN 'expired'
    WHEN k.disabled_at IS NOT NULL THEN 'disabled'
    WHEN EXISTS (SELECT FROM key_secrets s
      WHERE s.key_id = k.id AND s.slot = 1 AND s.not_after > clock_timestamp()) THEN 'rotating'
    ELSE 'active' END`;

interface SecretRow {
  digest: string;
  pepper: number;
  last4: string;
  not_after: number | null;
  algorithm: SecretAlgorithm;
  no: number;
  last_used_at: number | null;
}

/** A row of such a SELECT; every column is null when the outer join found no key. */
export interface KeyRow {
  id: string | null;
  version: number;
  name: string;
  environment: string;
  prefix: string;
  identity: string | null;
  tags: string[];
  scopes: string[];
  cidrs: string[];
  limits: KeyPolicy['limits'];
  quotas: KeyPolicy['quotas'];
  fail_open: boolean;
  legacy: boolean;
  weak: boolean;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  revoke_reason: string | null;
  disabled_at: Date | null;
  deleted_at: Date | null;
  last_used_at: Date | null;
  rate_limit_per_minute: number | null;
  secrets: SecretRow[] | null;
}

export function toStoredKey(row: KeyRow): StoredKey {
  return {
    id: row.id ?? '',
    version: row.version,
    name: row.name,
    source: 'store',
    environment: row.environment,
    prefix: row.prefix,
    identity: row.identity,
    tags: row.tags,
    scopes: row.scopes,
    cidrs: row.cidrs,
    limits: row.limits,
    quotas: row.quotas,
    failOpen: row.fail_open,
    legacy: row.legacy,
    weak: row.weak,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    revokeReason: row.revoke_reason,
    disabledAt: row.disabled_at,
    deletedAt: row.deleted_at,
    lastUsedAt: row.last_used_at,
    rateLimitPerMinute: row.rate_limit_per_minute,
    secrets: (row.secrets ?? []).map((secret) => ({
      digest: Buffer.from(secret.digest, 'hex'),
      pepperVersion: secret.pepper,
      last4: secret.last4,
      notAfter: dateOf(secret.not_after),
      algorithm: secret.algorithm,
      secretNo: secret.no,
      lastUsedAt: dateOf(secret.last_used_at),
    })),
  };
}

/** State of a key at a time (of the store's clock). */
export function keyState(key: StoredKey, nowMs: number): KeyState {
  if (key.deletedAt !== null) return 'deleted';
  if (key.revokedAt !== null) return 'revoked';
  if (key.expiresAt !== null && key.expiresAt.getTime() <= nowMs) return 'expired';
  if (key.disabledAt !== null) return 'disabled';
  const olderUntil = key.secrets[1]?.notAfter?.getTime();
  return olderUntil !== undefined && olderUntil > nowMs ? 'rotating' : 'active';
}

function dateOf(seconds: number | null): Date | null {
  return seconds === null ? null : new Date(seconds * 1_000);
}
