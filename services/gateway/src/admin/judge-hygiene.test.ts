import { describe, expect, it } from 'vitest';
import type { StoredKey } from '../keys/key-repository.ts';
import type { KeyActivity, KeySource } from '../keys/key-usage.ts';
import { OPEN_POLICY } from '../keys/key-policy.ts';
import { judgeHygiene } from './judge-hygiene.ts';

const DAY_MS = 24 * 3_600_000;
const now = new Date('2026-06-30T12:00:00.000Z');
const daysAgo = (days: number): Date => new Date(now.getTime() - days * DAY_MS);

/** Nothing is wrong with it. */
const good: StoredKey = {
  ...{
    id: 'k',
    version: 1,
    name: 'app',
    source: 'store',
    environment: 'live',
    prefix: 'omni_live_',
  },
  ...{ identity: null, tags: [], revokedAt: null, revokeReason: null, disabledAt: null },
  ...{ deletedAt: null, rateLimitPerMinute: null, legacy: false, weak: false, secrets: [] },
  ...OPEN_POLICY,
  createdAt: daysAgo(100),
  expiresAt: daysAgo(-30),
  lastUsedAt: daysAgo(1),
};
const quiet: KeyActivity = {
  ...{ keyId: 'k', routes: ['/v1/models'], sources: [] },
  lastHour: { requests: 100, errors: 1 },
  dayBefore: { requests: 2_000, errors: 20 },
};
const source = (name: string, firstSeen: Date, kind: KeySource['kind'] = 'address'): KeySource => ({
  ...{ kind, name, firstSeen, lastSeen: now, requests: 1 },
});
const kinds = (key: Partial<StoredKey>, activity: Partial<KeyActivity> | null = {}): string[] =>
  judgeHygiene({ ...good, ...key }, activity === null ? undefined : { ...quiet, ...activity }, {
    now,
    days: 30,
  }).map(({ kind }) => kind);

describe('hygiene of a key', () => {
  it('finds nothing about a key in order', () => {
    expect(kinds({})).toEqual([]);
  });

  it.each<[string, Partial<StoredKey>, Partial<KeyActivity> | null, string[]]>([
    ['not used for a month', { lastUsedAt: daysAgo(31) }, null, ['unused']],
    ['never used', { lastUsedAt: null }, null, ['unused']],
    ['never used, but young', { lastUsedAt: null, createdAt: daysAgo(29) }, null, []],
    ['without an end', { expiresAt: null }, {}, ['never_expires']],
    ['weak', { weak: true }, {}, ['weak']],
    [
      'a scope that nobody uses',
      { scopes: ['GET /v1/models', 'POST /v1/x'] },
      {},
      ['unused_scopes'],
    ],
    ['the name of a permission', { scopes: ['GET /v1/models', 'metrics:read'] }, {}, []],
    ['errors as ever', {}, { lastHour: { requests: 100, errors: 2 } }, []],
    ['errors all at once', {}, { lastHour: { requests: 100, errors: 30 } }, ['error_spike']],
    ['few requests', {}, { lastHour: { requests: 19, errors: 19 } }, []],
    [
      'always failing',
      {},
      { lastHour: { requests: 50, errors: 25 }, dayBefore: { requests: 100, errors: 30 } },
      [],
    ],
    ['a new key with its first address', {}, { sources: [source('10.0.0.1', daysAgo(0))] }, []],
  ])('%s', (_name, key, activity, expected) => {
    expect(kinds(key, activity)).toEqual(expected);
  });

  it('proposes the ranges that were known before a new address came', () => {
    const sources = [source('10.0.0.1', daysAgo(9)), source('198.51.100.9', daysAgo(0.5))];
    const [finding] = judgeHygiene(good, { ...quiet, sources }, { now, days: 30 });
    expect(finding).toMatchObject({ kind: 'new_source', narrow: { cidrs: ['10.0.0.1/32'] } });
    expect(finding?.detail).toContain('198.51.100.9');
  });

  it('proposes the scopes that are used', () => {
    const scopes = ['GET /v1/models', 'POST /v1/x'];
    const [finding] = judgeHygiene({ ...good, scopes }, quiet, { now, days: 30 });
    expect(finding?.narrow).toEqual({ scopes: ['GET /v1/models'] });
  });
});
