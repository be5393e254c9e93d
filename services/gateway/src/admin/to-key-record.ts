import type { KeyRecord } from '@omni/contracts/gateway-admin.ts';
import type { StoredKey } from '../keys/key-repository.ts';

/** A stored key as the admin API shows it: no digest, no secret. */
export function toKeyRecord(key: StoredKey): KeyRecord {
  const iso = (date: Date | null): string | null => date?.toISOString() ?? null;
  return {
    id: key.id,
    name: key.name,
    source: key.source,
    environment: key.environment,
    prefix: key.prefix,
    last4: key.secrets[0]?.last4 ?? '',
    createdAt: iso(key.createdAt),
    expiresAt: iso(key.expiresAt),
    revokedAt: iso(key.revokedAt),
    revokeReason: key.revokeReason,
    lastUsedAt: iso(key.lastUsedAt),
    rateLimitPerMinute: key.rateLimitPerMinute,
  };
}
