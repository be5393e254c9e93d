import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { blockedAuth, RIGHT_KEY, WRONG_KEYS } from './testing/timed-kinds.ts';

vi.spyOn(crypto, 'timingSafeEqual');
vi.spyOn(crypto, 'createHmac');
// Named imports of the module see the spies too, whoever loaded it before.
syncBuiltinESMExports();
afterAll(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});
beforeEach(() => vi.clearAllMocks());

const subject = { method: 'GET', path: '/v1/models', clientAddress: '10.0.0.1' };

describe('every decision', () => {
  it.each<readonly [string, string]>([
    ['the right key', RIGHT_KEY],
    ...WRONG_KEYS.map((kind) => [kind.name, kind.text(1)] as const),
    ['a short text', 'short'],
    ['a very long text', 'x'.repeat(9_999)],
  ])('hashes once and compares twice: %s', async (_name, text) => {
    const auth = blockedAuth();
    vi.clearAllMocks();
    await auth(text, subject);
    expect(crypto.timingSafeEqual).toHaveBeenCalledTimes(2);
    expect(crypto.createHmac).toHaveBeenCalledTimes(1);
  });
});
