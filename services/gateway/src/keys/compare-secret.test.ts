import crypto from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { secretMatches } from './compare-secret.ts';
import type { KeyDigest } from './hash-key.ts';
import type { StoredKey, StoredSecret } from './key-repository.ts';

vi.mock('node:crypto', { spy: true });
afterEach(() => vi.clearAllMocks());

const digests: readonly [KeyDigest] = [{ pepperVersion: 1, digest: Buffer.alloc(32, 7) }];
const wrong: StoredSecret = {
  ...digests[0],
  digest: Buffer.alloc(32, 8),
  last4: '',
  notAfter: null,
};
const right: StoredSecret = { ...digests[0], last4: '', notAfter: null };
const keyWith = (...secrets: StoredSecret[]): StoredKey => ({ secrets }) as unknown as StoredKey;

describe('secretMatches', () => {
  it.each([
    ['an unknown key', undefined, false],
    ['no live secret', keyWith(), false],
    ['a wrong secret', keyWith(wrong), false],
    ['the right one', keyWith(right), true],
    ['the right one in the second slot', keyWith(wrong, right), true],
    ['an unknown pepper version', keyWith({ ...right, pepperVersion: 9 }), false],
  ])('compares twice for %s', (_name, key, expected) => {
    expect(secretMatches(key, digests, 0)).toBe(expected);
    expect(crypto.timingSafeEqual).toHaveBeenCalledTimes(2);
  });
});
