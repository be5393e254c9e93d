import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyRepository, NewKey, StoredKey } from './key-repository.ts';
import type { KeySnapshot } from './key-snapshot.ts';
import { codeOf, context, newKey, newSecret } from './testing/new-key.ts';
import { snapshotOf } from './to-key-snapshot.ts';

/** Adapters may write the same policy with other spaces. */
function withPolicy(key: KeySnapshot): unknown {
  const policy: unknown = JSON.parse(key.policy);
  return { ...key, policy };
}

async function loadAll(repository: KeyRepository): Promise<KeySnapshot[]> {
  const all: KeySnapshot[] = [];
  let expected = -1;
  await repository.load({
    expect: (count) => (expected = count),
    add: (keys) => all.push(...keys),
  });
  expect(all).toHaveLength(expected);
  return all;
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
      const ids = new Set(keys.map((key) => key.id));
      expect(new Set(all.keys.map((key) => key.id))).toEqual(ids);
      expect(new Set((await loadAll(repository)).map((key) => key.id))).toEqual(ids);
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

    it.each([
      ['get', () => repository.get('nosuchkey')],
      ['revoke', () => repository.revoke('nosuchkey', '', context)],
      ['patch', () => repository.patch('nosuchkey', { name: 'x' }, context)],
      [
        'rotate',
        () => repository.rotate('nosuchkey', { secret: newSecret(), overlapSeconds: 1 }, context),
      ],
      ['retireOld', () => repository.retireOld('nosuchkey', context)],
      ['disable', () => repository.disable('nosuchkey', context)],
      ['enable', () => repository.enable('nosuchkey', context)],
      ['remove', () => repository.remove('nosuchkey', context)],
      ['restore', () => repository.restore('nosuchkey', context)],
    ])('%s refuses a key that does not exist', async (_name, change) => {
      expect(await codeOf(change())).toBe('key_not_found');
    });

    it('leaves unknown keys out of a revocation of many', async () => {
      expect(await repository.revokeMany(['nosuchkey'], context)).toMatchObject({ revoked: [] });
    });
  });
}

/** What every repository promises that can be written to. */
export function writesLikeAKeyRepository(open: () => Promise<KeyRepository>): void {
  let repository: KeyRepository;
  const created = async (changes: Partial<NewKey> = {}): Promise<StoredKey> =>
    (await repository.create(newKey(changes), context)).key;

  describe('writing', () => {
    beforeAll(async () => {
      repository = await open();
    });
    afterAll(() => repository.close());

    it('creates a key and tells of it as a change', async () => {
      const before = await repository.readChanges(0);
      const input = newKey({
        name: "O'Brien; DROP TABLE keys",
        expiresAt: new Date('2030-01-01T00:00:00.000Z'),
        rateLimitPerMinute: 5,
        identity: 'team-a',
        tags: ['mobile', 'eu'],
        policy: { scopes: ['GET /v1/**'], cidrs: ['10.0.0.0/8'], failOpen: true },
      });
      const { key, epoch } = await repository.create(input, context);
      expect(epoch).toBe(before.epoch + 1);
      const { name, expiresAt, identity, tags } = input;
      expect(key).toMatchObject({ name, expiresAt, identity, tags, ...input.policy });
      expect(key).toMatchObject({ rateLimitPerMinute: 5, version: 1, disabledAt: null });
      expect(key.secrets).toMatchObject([{ ...input.secret, secretNo: 1 }]);
      const { keys } = await repository.readChanges(before.epoch);
      expect(keys.map(withPolicy)).toEqual([withPolicy(snapshotOf(key))]);
      expect(await repository.get(key.id)).toEqual({ key, epoch });
    });

    it.each([
      ['a scope', { scopes: ['everything'] }],
      ['an address', { cidrs: ['10.0.0.0/99'] }],
    ])('refuses %s that it could not enforce', async (_name, policy) => {
      expect(await codeOf(repository.create(newKey({ policy }), context))).toBe('invalid_request');
      const { id } = await created();
      expect(await codeOf(repository.patch(id, policy, context))).toBe('invalid_request');
    });

    it('refuses the same id or secret twice, and nothing of it stays', async () => {
      const input = newKey();
      const { epoch } = await repository.create(input, context);
      expect(await codeOf(repository.create(input, context))).toBe('key_exists');
      const again = repository.create(newKey({ secret: input.secret }), context);
      expect(await codeOf(again)).toBe('key_exists');
      expect((await repository.readChanges(epoch)).epoch).toBe(epoch);
    });

    it('patches what is named, once, and only the version that was seen', async () => {
      const key = await created({ tags: ['a'], policy: { scopes: ['GET /a'] } });
      const patch = { name: 'new', tags: ['b'], cidrs: ['::1'], expiresAt: null };
      const patched = await repository.patch(key.id, patch, { ...context, ifVersion: 1 });
      expect(patched.key).toMatchObject({ ...patch, version: 2, scopes: ['GET /a'] });
      expect(await repository.patch(key.id, patch, context)).toEqual(patched);
      const late = repository.patch(key.id, { name: 'late' }, { ...context, ifVersion: 1 });
      expect(await codeOf(late)).toBe('version_mismatch');
    });

    it('lets exactly one of two patches of the same version through', async () => {
      const { id } = await created();
      const race = ['a', 'b', 'c', 'd'].map((name) =>
        codeOf(repository.patch(id, { name }, { ...context, ifVersion: 1 })),
      );
      const outcomes = await Promise.all(race);
      expect(outcomes.filter((code) => code === undefined)).toHaveLength(1);
      expect(outcomes.filter((code) => code === 'version_mismatch')).toHaveLength(3);
    });

    it('revokes once: the reason stays, a second time changes nothing', async () => {
      const { id } = await created();
      const first = await repository.revoke(id, 'leaked', context);
      expect(first.key).toMatchObject({ revokeReason: 'leaked' });
      expect(first.key.revokedAt).toBeInstanceOf(Date);
      expect(await repository.revoke(id, 'again', context)).toEqual(first);
    });

    it('revokes many as one change', async () => {
      const keys = await Promise.all([created(), created(), created()]);
      const ids = keys.map((key) => key.id);
      await repository.revoke(ids[0] ?? '', 'before', context);
      const { epoch } = await repository.readChanges(0);
      const outcome = await repository.revokeMany([...ids, 'nosuchkey'], context);
      expect(outcome).toEqual({ revoked: ids.slice(1).sort(), epoch: epoch + 1 });
      const { keys: changed } = await repository.readChanges(epoch);
      expect(changed.map((key) => key.id).sort()).toEqual(outcome.revoked);
      expect((await repository.get(ids[2] ?? '')).key.revokeReason).toBe('test');
    });

    it('loses no change when many are made at once', async () => {
      const { epoch } = await repository.readChanges(0);
      const made = await Promise.all(
        Array.from({ length: 20 }, () => repository.create(newKey(), context)),
      );
      const epochs = made.map((each) => each.epoch).sort((a, b) => a - b);
      expect(epochs).toEqual(Array.from({ length: 20 }, (_, i) => epoch + 1 + i));
      expect((await repository.readChanges(epoch)).keys).toHaveLength(20);
    });

    it('calls `alongside` in the transaction: when it fails, nothing was changed', async () => {
      const { id } = await created();
      const alongside = (): Promise<void> => Promise.reject(new Error('cannot remember'));
      const failed = repository.disable(id, { ...context, alongside });
      expect(await codeOf(failed)).toBe('keystore_unavailable');
      expect((await repository.get(id)).key).toMatchObject({ disabledAt: null, version: 1 });
    });
  });
}
