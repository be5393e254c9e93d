import type { StoredKey } from './key-repository.ts';

/** Columns of a key `k` with its secrets as JSON, for SELECT lists. */
export const KEY_COLUMNS = `
  k.id, k.name, k.environment, k.prefix, k.created_at, k.expires_at, k.revoked_at, k.revoke_reason,
  k.last_used_at, k.rate_limit_per_minute,
  (SELECT json_agg(json_build_object('digest', encode(s.digest, 'hex'), 'pepper', s.pepper_version,
     'last4', s.last4, 'not_after', extract(epoch FROM s.not_after)) ORDER BY s.slot)
   FROM key_secrets s WHERE s.key_id = k.id) AS secrets`;

/** A row of such a SELECT; every column is null when the outer join found no key. */
export interface KeyRow {
  id: string | null;
  name: string;
  environment: string;
  prefix: string;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  revoke_reason: string | null;
  last_used_at: Date | null;
  rate_limit_per_minute: number | null;
  secrets: { digest: string; pepper: number; last4: string; not_after: number | null }[] | null;
}

export function toStoredKey(row: KeyRow): StoredKey {
  return {
    id: row.id ?? '',
    name: row.name,
    source: 'store',
    environment: row.environment,
    prefix: row.prefix,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    revokeReason: row.revoke_reason,
    lastUsedAt: row.last_used_at,
    rateLimitPerMinute: row.rate_limit_per_minute,
    secrets: (row.secrets ?? []).map(({ digest, pepper, last4, not_after: notAfter }) => ({
      digest: Buffer.from(digest, 'hex'),
      pepperVersion: pepper,
      last4,
      notAfter: notAfter === null ? null : new Date(notAfter * 1_000),
    })),
  };
}
