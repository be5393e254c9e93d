import { describe, expect, it } from 'vitest';
import type { ApiKey } from '../../../shared/domain/api-key.ts';
import { keyState, limitShare } from './key-state.ts';
import type { KeyCounts } from './key-usage.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const at = (days: number): string => new Date(NOW + days * 24 * 3_600_000).toISOString();
const KEY: ApiKey = {
  id: 'k1',
  name: 'mobile-app',
  source: 'store',
  environment: 'live',
  prefix: 'omni_live_',
  last4: 'q7Zd',
  createdAt: at(-90),
  expiresAt: null,
  revokedAt: null,
  revokeReason: null,
  lastUsedAt: at(0),
  rateLimitPerMinute: 60,
};
const usage = (lastMinute: number | null): KeyCounts => ({
  keyId: 'k1',
  lastMinute,
  perMinute: [1, 2],
});

describe('the state of a key', () => {
  it.each([
    ['Active', 'ok', {}, usage(59)],
    ['At limit', 'warn', {}, usage(60)],
    ['Active', 'ok', { rateLimitPerMinute: null }, usage(9000)],
    ['Expires in 3 d', 'warn', { expiresAt: at(3) }, undefined],
    ['Expired', 'idle', { expiresAt: at(-1) }, usage(60)],
    ['Revoked', 'bad', { revokedAt: at(-1), expiresAt: at(-1) }, undefined],
    ['Unused 34 d', 'idle', { lastUsedAt: at(-34) }, undefined],
    ['Unused 90 d', 'idle', { lastUsedAt: null }, undefined],
    ['Active', 'ok', { lastUsedAt: null, createdAt: null }, undefined],
  ] as const)('says %s (%s) for %j', (word, tone, part, used) => {
    expect(keyState({ ...KEY, ...part }, used, NOW)).toEqual({ tone, word });
  });

  it('fills the bar to its end and no further', () => {
    expect(limitShare(KEY, usage(15))).toBe(0.25);
    expect(limitShare(KEY, usage(500))).toBe(1);
    expect(limitShare(KEY, undefined)).toBeNull();
    expect(limitShare(KEY, usage(null))).toBeNull();
  });
});
