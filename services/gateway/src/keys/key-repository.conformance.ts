import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditOrigin } from '../audit/audit-entry.ts';
import { createKeyHasher, processPepper } from './hash-key.ts';
import type { ChangeContext } from './key-change.ts';
import { mintKey } from './key-format.ts';
import type { KeyQuery, KeyRepository, NewKey, StoredKey, StoredSecret } from './key-repository.ts';
import { KeyRepositoryError } from './key-repository.ts';
import type { KeySnapshot } from './key-snapshot.ts';
import { snapshotOf } from './to-key-snapshot.ts';

const hasher = createKeyHasher(processPepper());
const origin: AuditOrigin = { actor: 'anna', role: 'admin', reason: 'test', requestId: 'r-1' };
const context: ChangeContext = { origin };
const DAY_MS = 86_400_000;

/** A new key and its text. */
export function newKey(changes: Partial<NewKey> = {}): NewKey & { text: string } {
  const { id, environment, prefix, last4, text } = mintKey('live');
  const secret = { ...hasher(text)[0], last4, notAfter: null };
  const limits = { expiresAt: null, rateLimitPerMinute: null };
  return { id, name: 'a key', environment, prefix, secret, ...limits, ...changes, text };
}

/** Another secret for a rotation. */
function newSecret(): StoredSecret {
  return newKey().secret;
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

/** Adapters may write the same policy with other spaces. */
function withPolicy(key: KeySnapshot): unknown {
  return { ...key, policy: JSON.parse(key.policy) };
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

  describe('listing', () => {
    const find = async (query: KeyQuery): Promise<string[]> =>
      (await repository.list({ tag: 'listing', ...query })).keys.map((key) => key.name);
    beforeAll(async () => {
      repository = await open();
      const tags = ['listing'];
      const past = new Date(Date.now() - DAY_MS);
      await created({ name: 'active', tags, identity: 'Team 100%' });
      await created({ name: 'expired', tags, expiresAt: past });
      await created({ name: 'test', tags: [...tags, 'other'], environment: 'test' });
      const ids = new Map<string, string>();
      for (const name of ['revoked', 'disabled', 'rotating']) {
        ids.set(name, (await created({ name, tags })).id);
      }
      await repository.revoke(ids.get('revoked') ?? '', '', context);
      await repository.disable(ids.get('disabled') ?? '', context);
      const rotation = { secret: newSecret(), overlapSeconds: 600 };
      await repository.rotate(ids.get('rotating') ?? '', rotation, context);
    });
    afterAll(() => repository.close());

    it.each([
      [{ state: 'active' }, ['test', 'active']],
      [{ state: 'expired' }, ['expired']],
      [{ state: 'revoked' }, ['revoked']],
      [{ state: 'disabled' }, ['disabled']],
      [{ state: 'rotating' }, ['rotating']],
      [{ environment: 'test' }, ['test']],
      [{ tag: 'other' }, ['test']],
      [{ q: 'ACTIV' }, ['active']],
      [{ q: '100%' }, ['active']],
      [{ q: '100_' }, []],
      [{ q: "' OR '1'='1" }, []],
    ] satisfies [KeyQuery, string[]][])('finds %j', async (query, names) => {
      expect(await find(query)).toEqual(names);
    });

    it('finds by the start of the id and by the last four characters', async () => {
      const [key] = (await repository.list({ tag: 'other' })).keys;
      expect(await find({ q: key?.id.slice(0, 6) })).toEqual(['test']);
      expect(await find({ q: key?.secrets[0]?.last4 })).toEqual(['test']);
    });

    it('pages through all, newest first, without gaps while keys are added', async () => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await repository.list({ tag: 'listing', limit: 2, cursor });
        seen.push(...page.keys.map((key) => key.name));
        cursor = page.next ?? undefined;
        await created({ name: 'late' });
      } while (cursor !== undefined);
      expect(seen).toEqual(['rotating', 'disabled', 'revoked', 'test', 'expired', 'active']);
    });

    it('refuses a cursor that it did not write', async () => {
      expect(await codeOf(repository.list({ cursor: 'abc', limit: 1 }))).toBe('invalid_request');
    });
  });

  describe('usage and receipts', () => {
    beforeAll(async () => {
      repository = await open();
    });
    afterAll(() => repository.close());

    it('merges times of last use by maximum, per key and secret, without a new epoch', async () => {
      const { key, epoch } = await repository.create(newKey(), context);
      const later = new Date('2026-02-02T00:00:00.000Z');
      const use = (keyId: string, at: Date): Promise<void> =>
        repository.recordUsage({ counts: [], lastUsed: [{ keyId, secretNo: 1, at }] });
      await use(key.id, later);
      await use('unknown', later);
      await use(key.id, new Date('2026-01-01T00:00:00.000Z'));
      const read = await repository.get(key.id);
      expect(read.epoch).toBe(epoch);
      expect(read.key.lastUsedAt).toEqual(later);
      expect(read.key.secrets[0]?.lastUsedAt).toEqual(later);
    });

    it('adds up counts per minute, secret and route', async () => {
      const { id } = await created();
      const minute = new Date('2026-02-02T00:05:00.000Z');
      const count = { requests: 2, errors: 1, bytes: 300, durationMs: 1.5 };
      const row = { keyId: id, minute, secretNo: 1, route: '/v1/models', ...count };
      const batch = { counts: [row, { ...row, secretNo: 2 }], lastUsed: [] };
      await repository.recordUsage(batch);
      await repository.recordUsage(batch);
      const usage = await repository.readUsage(id, minute);
      const doubled = { requests: 4, errors: 2, bytes: 600, durationMs: 3 };
      expect(usage).toEqual([
        { minute, secretNo: 1, route: '/v1/models', ...doubled },
        { minute, secretNo: 2, route: '/v1/models', ...doubled },
      ]);
      expect(await repository.readUsage(id, new Date(minute.getTime() + 1))).toEqual([]);
    });

    it('keeps the latest receipt of each instance, never an earlier one', async () => {
      const receipt = { instance: 'conformance-1', revision: 'r', ageMs: 0 };
      await repository.confirm({ ...receipt, epoch: 7 });
      await repository.confirm({ ...receipt, epoch: 6, ageMs: 60_000 });
      const [mine] = (await repository.receipts()).filter(
        (each) => each.instance === receipt.instance,
      );
      expect(mine).toMatchObject({ epoch: 7, revision: 'r' });
      expect(mine?.ageMs).toBeLessThan(30_000);
      await repository.withdraw(receipt.instance);
      expect((await repository.receipts()).map((each) => each.instance)).not.toContain(
        receipt.instance,
      );
    });
  });
}
