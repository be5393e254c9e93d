import { describe, expect, it } from 'vitest';
import { createApiKeyAuth } from './api-key-auth.ts';
import type { AuthDecision, StoredKeys } from './api-key-auth.ts';
import { createKeyHasher, processPepper } from './hash-key.ts';
import { mintKey } from './key-format.ts';
import type { MintedKey } from './key-format.ts';
import type { StoredKey } from './key-repository.ts';
import { createStaticKeyRepository } from './static-key-repository.ts';

const hasher = createKeyHasher(processPepper());
const NOW = 1_700_000_000_000;

function stored(minted: MintedKey, changes: Partial<StoredKey> = {}): StoredKey {
  return {
    id: minted.id,
    name: 'n',
    source: 'store',
    environment: minted.environment,
    prefix: minted.prefix,
    createdAt: new Date(NOW),
    expiresAt: null,
    revokedAt: null,
    revokeReason: null,
    lastUsedAt: null,
    rateLimitPerMinute: null,
    secrets: [{ ...hasher(minted.text)[0], last4: minted.last4, notAfter: null }],
    ...changes,
  };
}

function table(keys: StoredKey[], fresh: boolean | Promise<boolean> = true): StoredKeys {
  return {
    find: (id) => keys.find((key) => key.id === id),
    ensureFresh: () => fresh,
    recheck: () => Promise.resolve(),
    now: () => NOW,
  };
}

function decide(keys: StoredKey[], text: string): AuthDecision | Promise<AuthDecision> {
  return createApiKeyAuth({ hasher, staticKeys: [], stored: table(keys) })(text);
}

describe('createApiKeyAuth', () => {
  const minted = mintKey('live');
  const otherSecret = mintKey('live');

  it('accepts a stored key', () => {
    const key = stored(minted);
    expect(decide([key], minted.text)).toEqual({ kind: 'allowed', key });
  });

  it.each([
    ['malformed', 'hunter2', []],
    ['malformed', "' OR '1'='1", []],
    ['unknown', minted.text, []],
    ['bad_secret', minted.text, [{ ...stored(otherSecret), id: minted.id }]],
    ['revoked', minted.text, [stored(minted, { revokedAt: new Date(NOW) })]],
    ['expired', minted.text, [stored(minted, { expiresAt: new Date(NOW) })]],
  ])('refuses: %s', async (reason, text, keys) => {
    expect(await decide(keys, text)).toMatchObject({ kind: 'refused', reason });
  });

  it('accepts the older secret of a rotation until its end', () => {
    const [digest] = hasher(minted.text);
    const [current] = stored(otherSecret).secrets;
    const older = { ...digest, last4: 'x', notAfter: new Date(NOW + 1) };
    const ended = { ...older, notAfter: new Date(NOW) };
    if (current === undefined) throw new Error('no secret');
    const during = stored(minted, { secrets: [current, older] });
    const after = stored(minted, { secrets: [current, ended] });
    expect(decide([during], minted.text)).toMatchObject({ kind: 'allowed' });
    expect(decide([after], minted.text)).toMatchObject({ reason: 'bad_secret' });
  });

  it('asks once more before it calls a key unknown', async () => {
    const keys: StoredKey[] = [];
    const recheck = (): Promise<void> => {
      keys.push(stored(minted));
      return Promise.resolve();
    };
    const auth = createApiKeyAuth({ hasher, staticKeys: [], stored: { ...table(keys), recheck } });
    expect(await auth(minted.text)).toMatchObject({ kind: 'allowed' });
  });

  it('neither accepts nor refuses while the store is stale', async () => {
    const keys = [stored(minted)];
    const auth = (fresh: boolean | Promise<boolean>): ReturnType<typeof decide> =>
      createApiKeyAuth({ hasher, staticKeys: [], stored: table(keys, fresh) })(minted.text);
    expect(auth(false)).toEqual({ kind: 'stale' });
    expect(await auth(Promise.resolve(false))).toEqual({ kind: 'stale' });
    expect(await auth(Promise.resolve(true))).toMatchObject({ kind: 'allowed' });
  });

  it('accepts static keys whatever the store says, and junk never asks the store', async () => {
    const statics = createStaticKeyRepository(['legacy', minted.text], hasher);
    const staticKeys = (await statics.list()).keys;
    let asked = 0;
    const ensureFresh = (): boolean => {
      asked += 1;
      return false;
    };
    const auth = createApiKeyAuth({ hasher, staticKeys, stored: { ...table([]), ensureFresh } });
    expect(auth('legacy')).toMatchObject({ kind: 'allowed', key: { id: 'env_1' } });
    expect(auth(minted.text)).toMatchObject({ kind: 'allowed', key: { id: 'env_2' } });
    for (let i = 0; i < 100; i += 1) expect(auth(`junk-${i}`)).toMatchObject({ kind: 'refused' });
    expect(asked).toBe(0);
  });
});
