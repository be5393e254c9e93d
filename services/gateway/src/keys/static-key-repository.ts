import type { KeyHasher } from './hash-key.ts';
import { parseKey } from './key-format.ts';
import { OPEN_POLICY } from './key-policy.ts';
import type { KeyQuery, KeyRepository, StoredKey } from './key-repository.ts';
import { KeyRepositoryError } from './key-repository.ts';
import { snapshotOf } from './to-key-snapshot.ts';
import { keyState } from './to-stored-key.ts';

/** Below this length the last four characters would tell too much of a hand-made key. */
const SHOWABLE_LENGTH = 16;
/** A key of fewer characters of base 62 has fewer than 128 bits, however it was made. */
const STRONG_LENGTH = 22;

/**
 * Keys of the environment (`API_KEYS`): the way of the stack we replace. Hashed at start and then
 * forgotten; read-only.
 */
export function createStaticKeyRepository(
  apiKeys: readonly string[],
  hasher: KeyHasher,
): KeyRepository {
  const keys = apiKeys.map((text, index) => toStoredKey(text, index, hasher));
  return {
    readChanges: (afterEpoch) =>
      Promise.resolve({
        ...{ epoch: 1, now: new Date(), gone: [] },
        keys: afterEpoch < 1 ? keys.map(snapshotOf) : [],
      }),
    load: (sink) => {
      sink.expect(keys.length);
      sink.add(keys.map(snapshotOf));
      return Promise.resolve({ epoch: 1, now: new Date() });
    },
    list: (query = {}) =>
      Promise.resolve({ keys: keys.filter((key) => fits(key, query)), epoch: 1, next: null }),
    get: (id) => {
      const key = keys.find((each) => each.id === id);
      return key === undefined ? Promise.reject(notFound()) : Promise.resolve({ key, epoch: 1 });
    },
    ...readOnly(keys),
    recordUsage: ({ lastUsed }) => {
      for (const key of keys) {
        key.lastUsedAt = lastUsed.find((use) => use.keyId === key.id)?.at ?? key.lastUsedAt;
      }
      return Promise.resolve();
    },
    readUsage: () => Promise.resolve([]),
    readSources: () => Promise.resolve([]),
    readActivity: () => Promise.resolve([]),
    confirm: () => Promise.resolve(),
    withdraw: () => Promise.resolve(),
    receipts: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}

/** Every change of a key that exists. */
type Changes = Pick<
  KeyRepository,
  | 'create'
  | 'patch'
  | 'rotate'
  | 'retireOld'
  | 'revoke'
  | 'revokeMany'
  | 'disable'
  | 'enable'
  | 'remove'
  | 'restore'
  | 'purge'
  | 'upgradeSecret'
>;

function readOnly(keys: readonly StoredKey[]): Changes {
  const refuse = (id: string): Promise<never> =>
    Promise.reject(
      keys.some((key) => key.id === id)
        ? new KeyRepositoryError('key_read_only', 'Keys of API_KEYS are changed by a new revision')
        : notFound(),
    );
  return {
    create: () =>
      Promise.reject(new KeyRepositoryError('keystore_unavailable', 'No key store is configured')),
    ...{ patch: refuse, rotate: refuse, retireOld: refuse, revoke: refuse },
    ...{ disable: refuse, enable: refuse, remove: refuse, restore: refuse, upgradeSecret: refuse },
    revokeMany: () => Promise.resolve({ revoked: [], epoch: 1 }),
    purge: () => Promise.resolve([]),
  };
}

function notFound(): KeyRepositoryError {
  return new KeyRepositoryError('key_not_found', 'No such key');
}

function fits(key: StoredKey, { state, environment, tag, q }: KeyQuery): boolean {
  if (state !== undefined && keyState(key, Date.now()) !== state) return false;
  if (environment !== undefined && key.environment !== environment) return false;
  if (tag !== undefined && !key.tags.includes(tag)) return false;
  return q === undefined || key.name.toLowerCase().includes(q.toLowerCase()) || key.id === q;
}

function toStoredKey(text: string, index: number, hasher: KeyHasher): StoredKey {
  const parts = parseKey(text);
  const last4 = text.length >= SHOWABLE_LENGTH ? text.slice(-4) : '????';
  return {
    ...OPEN_POLICY,
    id: `env_${index + 1}`,
    version: 1,
    name: `API_KEYS, entry ${index + 1}`,
    source: 'static',
    environment: parts?.environment ?? 'static',
    prefix: parts?.prefix ?? '',
    ...{ identity: null, tags: [] },
    ...{ createdAt: null, expiresAt: null, revokedAt: null, revokeReason: null },
    ...{ disabledAt: null, deletedAt: null, lastUsedAt: null, rateLimitPerMinute: null },
    legacy: parts === null,
    weak: text.length < STRONG_LENGTH,
    secrets: [{ ...hasher(text)[0], last4, notAfter: null }],
  };
}
