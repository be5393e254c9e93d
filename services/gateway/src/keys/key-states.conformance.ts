import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyRepository, NewKey, StoredKey } from './key-repository.ts';
import { codeOf, context, newKey, newSecret } from './testing/new-key.ts';

/** What every repository that can be written to promises of rotations and states. */
export function changesStatesLikeAKeyRepository(open: () => Promise<KeyRepository>): void {
  let repository: KeyRepository;
  const created = async (changes: Partial<NewKey> = {}): Promise<StoredKey> =>
    (await repository.create(newKey(changes), context)).key;

  describe('rotating', () => {
    beforeAll(async () => {
      repository = await open();
    });
    afterAll(() => repository.close());

    it('keeps the id; the older secret ends after the overlap', async () => {
      const key = await created();
      const secret = newSecret();
      const rotated = await repository.rotate(key.id, { secret, overlapSeconds: 60 }, context);
      const [current, older] = rotated.key.secrets;
      expect(current).toMatchObject({ digest: secret.digest, secretNo: 2, notAfter: null });
      expect(older).toMatchObject({ digest: key.secrets[0]?.digest, secretNo: 1 });
      const endsIn = (older?.notAfter?.getTime() ?? 0) - Date.now();
      expect(endsIn).toBeGreaterThan(30_000);
      expect(endsIn).toBeLessThan(90_000);
    });

    it('never extends the life of the key or of a secret', async () => {
      const expiresAt = new Date(Date.now() + 60_000);
      const { id } = await created({ expiresAt });
      const week = { secret: newSecret(), overlapSeconds: 7 * 86_400 };
      const { key } = await repository.rotate(id, week, context);
      expect(key.expiresAt).toEqual(expiresAt);
      expect(key.secrets[1]?.notAfter).toEqual(expiresAt);
    });

    it('has two secrets at most, and one when nothing overlaps', async () => {
      const { id } = await created();
      for (const overlapSeconds of [60, 60]) {
        await repository.rotate(id, { secret: newSecret(), overlapSeconds }, context);
      }
      const numbers = async (): Promise<unknown[]> =>
        (await repository.get(id)).key.secrets.map((each) => each.secretNo);
      expect(await numbers()).toEqual([3, 2]);
      await repository.rotate(id, { secret: newSecret(), overlapSeconds: 0 }, context);
      expect(await numbers()).toEqual([4]);
    });

    it('retires the older secret early, once', async () => {
      const { id } = await created();
      await repository.rotate(id, { secret: newSecret(), overlapSeconds: 600 }, context);
      const retired = await repository.retireOld(id, context);
      expect(retired.key.secrets).toHaveLength(1);
      expect(await repository.retireOld(id, context)).toEqual(retired);
    });

    it('upgrades a hash without a change of the key', async () => {
      const key = await created();
      const secret = newSecret();
      await repository.upgradeSecret(key.id, key.secrets[0]?.digest ?? Buffer.alloc(0), secret);
      const upgraded = (await repository.get(key.id)).key;
      expect(upgraded.secrets).toMatchObject([{ digest: secret.digest, secretNo: 1 }]);
      expect(upgraded.version).toBe(1);
    });
  });

  describe('states', () => {
    beforeAll(async () => {
      repository = await open();
    });
    afterAll(() => repository.close());

    it('disables and enables', async () => {
      const { id } = await created();
      const disabled = await repository.disable(id, context);
      expect(disabled.key.disabledAt).toBeInstanceOf(Date);
      expect(await repository.disable(id, context)).toEqual(disabled);
      expect((await repository.enable(id, context)).key.disabledAt).toBeNull();
    });

    it('deletes, hides, and restores as disabled', async () => {
      const { id } = await created({ tags: ['gone'] });
      await repository.remove(id, context);
      expect((await repository.list({ tag: 'gone' })).keys).toEqual([]);
      const deleted = await repository.list({ tag: 'gone', state: 'deleted' });
      expect(deleted.keys.map((key) => key.id)).toEqual([id]);
      const { key } = await repository.restore(id, context);
      expect(key.deletedAt).toBeNull();
      expect(key.disabledAt).toBeInstanceOf(Date);
      expect(await repository.purge(context)).toEqual([]);
    });

    it.each([
      ['revoked', (id: string) => repository.revoke(id, '', context)],
      ['deleted', (id: string) => repository.remove(id, context)],
    ])('changes nothing of a %s key', async (_state, end) => {
      const { id } = await created();
      await end(id);
      const rotation = { secret: newSecret(), overlapSeconds: 1 };
      expect(await codeOf(repository.patch(id, { name: 'x' }, context))).toBe('key_state_conflict');
      expect(await codeOf(repository.rotate(id, rotation, context))).toBe('key_state_conflict');
      expect(await codeOf(repository.enable(id, context))).toBe('key_state_conflict');
    });
  });
}
