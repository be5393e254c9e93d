import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyHasher, processPepper } from './hash-key.ts';
import { mintKey } from './key-format.ts';
import type { KeyRepository, NewKey } from './key-repository.ts';
import { KeyRepositoryError } from './key-repository.ts';

const hasher = createKeyHasher(processPepper());

/** A new key and its text. */
export function newKey(changes: Partial<NewKey> = {}): NewKey & { text: string } {
  const { id, environment, prefix, last4, text } = mintKey('live');
  const secret = { ...hasher(text)[0], last4, notAfter: null };
  const limits = { expiresAt: null, rateLimitPerMinute: null };
  return { id, name: 'a key', environment, prefix, secret, ...limits, ...changes, text };
}

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof KeyRepositoryError) return error.code;
    throw error;
  }
  return undefined;
}

/** What every repository promises for reading. */
export function readsLikeAKeyRepository(open: () => Promise<KeyRepository>): void {
  describe('reading', () => {
    let repository: KeyRepository;
    beforeAll(async () => {
      repository = await open();
    });
    afterAll(() => repository.close());

    it('returns all keys after epoch 0 of a fresh start and nothing after the latest', async () => {
      const { keys } = await repository.list();
      const all = await repository.readChanges(0);
      expect(new Set(all.keys.map((key) => key.id))).toEqual(new Set(keys.map((key) => key.id)));
      const none = await repository.readChanges(all.epoch);
      expect(none.keys).toEqual([]);
      expect(none.epoch).toBe(all.epoch);
      expect(Math.abs(all.now.getTime() - Date.now())).toBeLessThan(5_000);
    });

    it('keeps no secret, only digests of 32 bytes', async () => {
      for (const { secrets } of (await repository.list()).keys) {
        for (const secret of secrets) expect(secret.digest).toHaveLength(32);
      }
    });

    it('refuses to revoke a key that does not exist', async () => {
      expect(await codeOf(repository.revoke('nosuchkey', ''))).toBe('key_not_found');
    });
  });
}

/** What every repository promises that can be written to. */
export function writesLikeAKeyRepository(open: () => Promise<KeyRepository>): void {
  describe('writing', () => {
    let repository: KeyRepository;
    beforeAll(async () => {
      repository = await open();
    });
    afterAll(() => repository.close());

    it('creates a key and tells of it as a change', async () => {
      const before = await repository.readChanges(0);
      const expiresAt = new Date('2030-01-01T00:00:00.000Z');
      const input = newKey({ name: "O'Brien; DROP TABLE keys", expiresAt, rateLimitPerMinute: 5 });
      const { key, epoch } = await repository.create(input);
      expect(epoch).toBe(before.epoch + 1);
      expect(key).toMatchObject({ name: input.name, expiresAt, rateLimitPerMinute: 5 });
      expect(key.secrets).toEqual([input.secret]);
      expect((await repository.readChanges(before.epoch)).keys).toEqual([key]);
    });

    it('revokes once: the reason stays, a second time changes nothing', async () => {
      const { key } = await repository.create(newKey());
      const first = await repository.revoke(key.id, 'leaked');
      expect(first.key).toMatchObject({ revokeReason: 'leaked' });
      expect(first.key.revokedAt).toBeInstanceOf(Date);
      const second = await repository.revoke(key.id, 'again');
      expect(second).toEqual(first);
    });

    it('loses no change when many are made at once', async () => {
      const { epoch } = await repository.readChanges(0);
      const created = await Promise.all(
        Array.from({ length: 20 }, () => repository.create(newKey())),
      );
      const epochs = created.map((each) => each.epoch).sort((a, b) => a - b);
      expect(epochs).toEqual(Array.from({ length: 20 }, (_, i) => epoch + 1 + i));
      const seen = await repository.readChanges(epoch);
      expect(seen.keys).toHaveLength(20);
    });

    it('merges times of last use by maximum, without a new epoch', async () => {
      const { key, epoch } = await repository.create(newKey());
      const later = new Date('2026-02-02T00:00:00.000Z');
      await repository.recordUse(
        new Map([
          [key.id, later],
          ['unknown', later],
        ]),
      );
      await repository.recordUse(new Map([[key.id, new Date('2026-01-01T00:00:00.000Z')]]));
      const listed = await repository.list();
      expect(listed.epoch).toBe(epoch);
      expect(listed.keys.find((each) => each.id === key.id)?.lastUsedAt).toEqual(later);
    });
  });
}
