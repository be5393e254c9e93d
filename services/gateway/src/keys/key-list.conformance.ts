import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyQuery, KeyRepository, NewKey, StoredKey } from './key-repository.ts';
import { SOURCES_KEPT } from './key-usage.ts';
import { codeOf, context, newKey, newSecret } from './testing/new-key.ts';

const DAY_MS = 86_400_000;

/** What every repository that can be written to promises of lists, usage and receipts. */
export function listsLikeAKeyRepository(open: () => Promise<KeyRepository>): void {
  let repository: KeyRepository;
  const created = async (changes: Partial<NewKey> = {}): Promise<StoredKey> =>
    (await repository.create(newKey(changes), context)).key;

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
      const methods = { GET: 1, POST: 1 };
      const sums = { requests: 2, errors: 1, bytes: 300, durationMs: 1.5 };
      const count = { ...sums, buckets: [0, 2], methods };
      const row = { keyId: id, minute, secretNo: 1, route: '/v1/models', ...count };
      const batch = { counts: [row, { ...row, secretNo: 2 }], lastUsed: [] };
      await repository.recordUsage(batch);
      const again = { ...row, methods: { POST: 2 } };
      await repository.recordUsage({ ...batch, counts: [again, { ...again, secretNo: 2 }] });
      const usage = await repository.readUsage(id, minute);
      const twice = { requests: 4, errors: 2, bytes: 600, durationMs: 3, buckets: [0, 4] };
      const doubled = { ...twice, methods: { GET: 1, POST: 3 } };
      expect(usage).toEqual([
        { minute, secretNo: 1, route: '/v1/models', ...doubled },
        { minute, secretNo: 2, route: '/v1/models', ...doubled },
      ]);
      expect(await repository.readUsage(id, new Date(minute.getTime() + 1))).toEqual([]);
    });

    it('adds up from where a key is used, the latest first, and forgets the oldest', async () => {
      const { id } = await created();
      const yesterday = Date.now() - DAY_MS;
      const seenAt = (n: number): Date => new Date(yesterday + n * 1_000);
      const seen = (name: string, at: Date): Promise<void> => {
        const source = { keyId: id, kind: 'address' as const, name, requests: 3, at };
        return repository.recordUsage({ counts: [], lastUsed: [], sources: [source] });
      };
      await seen('10.0.0.1', seenAt(5));
      await seen('10.0.0.1', seenAt(2));
      await seen('10.0.0.2', seenAt(9));
      expect(await repository.readSources(id)).toEqual([
        {
          kind: 'address',
          name: '10.0.0.2',
          requests: 3,
          firstSeen: seenAt(9),
          lastSeen: seenAt(9),
        },
        {
          kind: 'address',
          name: '10.0.0.1',
          requests: 6,
          firstSeen: seenAt(2),
          lastSeen: seenAt(5),
        },
      ]);
      const many = Array.from({ length: SOURCES_KEPT }, (_, n) => ({
        ...{ keyId: id, kind: 'address' as const, name: `10.1.0.${String(n)}`, requests: 1 },
        at: seenAt(100 + n),
      }));
      await repository.recordUsage({ counts: [], lastUsed: [], sources: many });
      const kept = await repository.readSources(id);
      expect(kept).toHaveLength(SOURCES_KEPT);
      expect(kept.map(({ name }) => name)).not.toContain('10.0.0.1');
    });

    it('tells what keys did lately, the last hour apart from the day before', async () => {
      const { id } = await created();
      const row = { keyId: id, secretNo: 1, bytes: 0, durationMs: 0, buckets: [], methods: {} };
      const minutesAgo = (n: number): Date => new Date(Date.now() - n * 60_000);
      await repository.recordUsage({
        counts: [
          { ...row, route: '/a', minute: minutesAgo(10), requests: 5, errors: 4 },
          { ...row, route: '/b', minute: minutesAgo(300), requests: 7, errors: 1 },
          { ...row, route: '/old', minute: minutesAgo(3_000), requests: 9, errors: 9 },
        ],
        lastUsed: [],
      });
      const activity = await repository.readActivity(minutesAgo(2_000));
      expect(activity.find(({ keyId }) => keyId === id)).toEqual({
        ...{ keyId: id, routes: ['/a', '/b'], sources: [] },
        lastHour: { requests: 5, errors: 4 },
        dayBefore: { requests: 7, errors: 1 },
      });
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
