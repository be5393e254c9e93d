import type { createKeyRequest } from '@omni/contracts/gateway-admin.ts';
import type { CreatedKey, KeyList, RevokedKey } from '@omni/contracts/gateway-admin.ts';
import type { z } from 'zod';
import type { KeyHasher } from '../keys/hash-key.ts';
import { mintKey } from '../keys/key-format.ts';
import type { KeyRepository } from '../keys/key-repository.ts';
import { KeyRepositoryError } from '../keys/key-repository.ts';
import { toKeyRecord } from './to-key-record.ts';

export interface KeyAdminOptions {
  hasher: KeyHasher;
  staticKeys: KeyRepository;
  /** Null without a key store. */
  openStore: (() => Promise<KeyRepository>) | null;
  /** After a change: this instance enforces it before the caller gets the answer. */
  afterChange: () => Promise<void>;
  /** Times of last use that were not written yet. */
  flushUsage: () => Promise<void>;
}

/** What the admin API does, without HTTP. */
export interface KeyAdmin {
  list: () => Promise<KeyList>;
  create: (request: z.output<typeof createKeyRequest>) => Promise<CreatedKey>;
  revoke: (id: string, reason: string) => Promise<RevokedKey>;
}

export function createKeyAdmin(options: KeyAdminOptions): KeyAdmin {
  const { hasher, staticKeys, openStore, afterChange } = options;
  return {
    async list() {
      await options.flushUsage();
      const fixed = await staticKeys.list();
      const stored = openStore === null ? { keys: [], epoch: 0 } : await (await openStore()).list();
      return {
        keys: [...stored.keys, ...fixed.keys].map(toKeyRecord),
        epoch: stored.epoch,
        nextCursor: null,
      };
    },
    async create({ name, environment, expiresAt, rateLimitPerMinute }) {
      if (openStore === null) {
        throw new KeyRepositoryError('keystore_unavailable', 'No key store is configured');
      }
      const minted = mintKey(environment);
      const { id, prefix, last4, text } = minted;
      const secret = { ...hasher(text)[0], last4, notAfter: null };
      const expires = expiresAt === null ? null : new Date(expiresAt);
      const store = await openStore();
      const { key, epoch } = await store.create({
        ...{ id, name, environment, prefix, rateLimitPerMinute, secret },
        expiresAt: expires,
      });
      await afterChange();
      return { key: toKeyRecord(key), secret: text, epoch };
    },
    async revoke(id, reason) {
      const isStatic = id.startsWith('env_');
      if (!isStatic && openStore === null) {
        throw new KeyRepositoryError('key_not_found', 'No such key');
      }
      const repository = isStatic || openStore === null ? staticKeys : await openStore();
      const { key, epoch } = await repository.revoke(id, reason);
      await afterChange();
      return { key: toKeyRecord(key), epoch };
    },
  };
}
