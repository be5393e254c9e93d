import type { StoredKeys } from '../api-key-auth.ts';
import type { KeyHasher } from '../hash-key.ts';
import { KeyColumns } from '../key-columns.ts';
import type { MintedKey } from '../key-format.ts';
import { OPEN_POLICY } from '../key-policy.ts';
import type { StoredKey } from '../key-repository.ts';
import { snapshotOf } from '../to-key-snapshot.ts';

/** For tests: the table of keys without a store behind it. */
export interface MemoryKeys extends StoredKeys {
  put: (key: StoredKey) => void;
  /** How often a store would have been asked. */
  queries: () => number;
}

export interface MemoryKeysOptions {
  nowMs: number;
  fresh?: boolean | Promise<boolean>;
  onRecheck?: () => void;
}

export function memoryKeys(
  keys: readonly StoredKey[],
  { nowMs, fresh = true, onRecheck }: MemoryKeysOptions,
): MemoryKeys {
  const columns = new KeyColumns();
  const listeners: ((row: number) => void)[] = [];
  let queries = 0;
  const put = (key: StoredKey): void => {
    const row = columns.put(snapshotOf(key));
    for (const listener of listeners) listener(row);
  };
  for (const key of keys) put(key);
  return {
    columns,
    put,
    queries: () => queries,
    ensureFresh: () => fresh,
    isUsable: () => fresh === true,
    recheck: () => {
      queries += 1;
      onRecheck?.();
      return Promise.resolve(fresh);
    },
    now: () => nowMs,
    onChanged: (listener) => listeners.push(listener),
  };
}

/** For tests: a key in full, as a store would know it. */
export function storedKey(
  minted: MintedKey,
  hasher: KeyHasher,
  changes: Partial<StoredKey> = {},
): StoredKey {
  return {
    ...OPEN_POLICY,
    ...{ id: minted.id, version: 1, name: 'n', source: 'store' },
    ...{ environment: minted.environment, prefix: minted.prefix, identity: null, tags: [] },
    ...{ createdAt: null, expiresAt: null, revokedAt: null, revokeReason: null },
    ...{ disabledAt: null, deletedAt: null, lastUsedAt: null, rateLimitPerMinute: null },
    ...{ legacy: false, weak: false },
    secrets: [{ ...hasher(minted.text)[0], last4: minted.last4, notAfter: null }],
    ...changes,
  };
}
