import type { KeyHasher } from './hash-key.ts';
import { parseKey } from './key-format.ts';
import type { KeyRepository, StoredKey } from './key-repository.ts';
import { KeyRepositoryError } from './key-repository.ts';

/** Below this length the last four characters would tell too much of a hand-made key. */
const SHOWABLE_LENGTH = 16;

/**
 * Keys of the environment (`API_KEYS`): the way of the stack we replace. Hashed at start and then
 * forgotten; read-only.
 */
export function createStaticKeyRepository(
  apiKeys: readonly string[],
  hasher: KeyHasher,
): KeyRepository {
  const keys = apiKeys.map((text, index) => toStoredKey(text, index, hasher));
  const readOnly = (id: string): Promise<never> =>
    Promise.reject(
      keys.some((key) => key.id === id)
        ? new KeyRepositoryError('key_read_only', 'Keys of API_KEYS are changed by a new revision')
        : new KeyRepositoryError('key_not_found', 'No such key'),
    );
  return {
    readChanges: (afterEpoch) =>
      Promise.resolve({ epoch: 1, now: new Date(), keys: afterEpoch < 1 ? keys : [] }),
    list: () => Promise.resolve({ keys, epoch: 1 }),
    create: () =>
      Promise.reject(new KeyRepositoryError('keystore_unavailable', 'No key store is configured')),
    revoke: readOnly,
    recordUse: (lastUsed) => {
      for (const key of keys) key.lastUsedAt = lastUsed.get(key.id) ?? key.lastUsedAt;
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

function toStoredKey(text: string, index: number, hasher: KeyHasher): StoredKey {
  const parts = parseKey(text);
  const last4 = text.length >= SHOWABLE_LENGTH ? text.slice(-4) : '????';
  return {
    id: `env_${index + 1}`,
    name: `API_KEYS, entry ${index + 1}`,
    source: 'static',
    environment: parts?.environment ?? 'static',
    prefix: parts?.prefix ?? '',
    createdAt: null,
    expiresAt: null,
    revokedAt: null,
    revokeReason: null,
    lastUsedAt: null,
    rateLimitPerMinute: null,
    secrets: [{ ...hasher(text)[0], last4, notAfter: null }],
  };
}
