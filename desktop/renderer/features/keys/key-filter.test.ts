import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApiKey } from '../../../shared/domain/api-key.ts';
import { countByFilter, filterKeys } from './key-filter.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const DAY = 24 * 3_600_000;
const inDays = (days: number): string => new Date(NOW + days * DAY).toISOString();

function key(name: string, dates: Partial<ApiKey> = {}): ApiKey {
  return {
    id: name,
    name,
    source: 'store',
    environment: 'live',
    prefix: 'omni_live_',
    last4: name.slice(-4),
    createdAt: inDays(-10),
    expiresAt: null,
    revokedAt: null,
    revokeReason: null,
    lastUsedAt: null,
    rateLimitPerMinute: 60,
    ...dates,
  };
}

const KEYS = [
  key('gone', { revokedAt: inDays(-1) }),
  key('mobile-app'),
  key('late', { expiresAt: inDays(-2) }),
  key('acme', { expiresAt: inDays(3), environment: 'test', prefix: 'omni_test_' }),
];

describe('the segments of the keys', () => {
  it('counts an expiring key as active too, because it still lets its clients in', () => {
    expect(countByFilter(KEYS, NOW)).toEqual({
      all: 4,
      active: 2,
      expiring: 1,
      expired: 1,
      revoked: 1,
    });
  });

  it.each([
    ['all', ['acme', 'mobile-app', 'late', 'gone']],
    ['active', ['acme', 'mobile-app']],
    ['expiring', ['acme']],
    ['expired', ['late']],
    ['revoked', ['gone']],
  ] as const)('%s shows %j, the working ones first', (filter, names) => {
    const shown = filterKeys(KEYS, { filter, search: '' }, NOW);
    expect(shown.map(({ name }) => name)).toEqual(names);
  });

  it.each([
    ['MOBILE', ['mobile-app']],
    ['omni_test', ['acme']],
    ['-app', ['mobile-app']],
    [' test ', ['acme']],
    ['nothing like it', []],
  ])('finds %j', (search, names) => {
    const shown = filterKeys(KEYS, { filter: 'all', search }, NOW);
    expect(shown.map(({ name }) => name)).toEqual(names);
  });

  it('shows as many rows as it counts, whatever the dates are', () => {
    const date = fc.option(
      fc.integer({ min: -40, max: 40 }).map((days) => inDays(days)),
      { nil: null },
    );
    const keys = fc.array(fc.record({ expiresAt: date, revokedAt: date }));
    fc.assert(
      fc.property(keys, (dates) => {
        const all = dates.map((entry, index) => key(`key-${String(index)}`, entry));
        const counts = countByFilter(all, NOW);
        for (const filter of ['all', 'active', 'expiring', 'expired', 'revoked'] as const) {
          expect(filterKeys(all, { filter, search: '' }, NOW)).toHaveLength(counts[filter]);
        }
        expect(counts.active + counts.expired + counts.revoked).toBe(counts.all);
      }),
    );
  });
});
