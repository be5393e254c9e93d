import type { KeyRecord } from '@omni/contracts/gateway-admin.ts';
import type { StoredKey } from '../keys/key-repository.ts';
import { keyState } from '../keys/to-stored-key.ts';

/** A stored key as the admin API shows it: no digest, no secret. */
export function toKeyRecord(key: StoredKey, nowMs = Date.now()): KeyRecord {
  const { id, name, source, environment, prefix, identity, revokeReason, version } = key;
  const { scopes, cidrs, limits, quotas, failOpen, rateLimitPerMinute, legacy, weak } = key;
  return {
    ...{ id, name, source, environment, prefix, identity, revokeReason, version },
    ...{ scopes, cidrs, limits, quotas, failOpen, rateLimitPerMinute, legacy, weak },
    tags: [...key.tags],
    state: keyState(key, nowMs),
    last4: key.secrets[0]?.last4 ?? '',
    createdAt: iso(key.createdAt),
    expiresAt: iso(key.expiresAt),
    revokedAt: iso(key.revokedAt),
    disabledAt: iso(key.disabledAt),
    deletedAt: iso(key.deletedAt),
    lastUsedAt: iso(key.lastUsedAt),
    secrets: key.secrets.map(({ secretNo = 1, last4, notAfter, lastUsedAt = null }) => ({
      ...{ no: secretNo, last4 },
      lastUsedAt: iso(lastUsedAt),
      notAfter: iso(notAfter),
    })),
  };
}

function iso(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}
