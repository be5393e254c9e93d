import crypto from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { blockedAuth, RIGHT_KEY, WRONG_KEYS } from './testing/timed-kinds.ts';

vi.mock('node:crypto', { spy: true });
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
