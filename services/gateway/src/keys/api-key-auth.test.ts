import { describe, expect, it } from 'vitest';
import { createApiKeyAuth } from './api-key-auth.ts';
import type { ApiKeyAuth, ApiKeyAuthOptions, AuthDecision } from './api-key-auth.ts';
import { createAuthThrottle } from './auth-throttle.ts';
import { createKeyHasher, parsePeppers, processPepper } from './hash-key.ts';
import { mintKey } from './key-format.ts';
import type { MintedKey } from './key-format.ts';
import type { StoredKey } from './key-repository.ts';
import { sha256 } from './match-secret.ts';
import { createStaticKeyRepository } from './static-key-repository.ts';
import { memoryKeys, storedKey } from './testing/memory-keys.ts';
import type { MemoryKeys } from './testing/memory-keys.ts';

const hasher = createKeyHasher(processPepper());
/** A busy machine takes its time. */
const PATIENCE_MS = 60_000;
const NOW = 1_700_000_000_000;
const subject = { method: 'GET', path: '/v1/models', clientAddress: '10.1.2.3' };

function stored(minted: MintedKey, changes: Partial<StoredKey> = {}): StoredKey {
  return storedKey(minted, hasher, changes);
}

function authOf(keys: MemoryKeys, changes: Partial<ApiKeyAuthOptions> = {}): ApiKeyAuth {
  const throttle = createAuthThrottle();
  return createApiKeyAuth({
    ...{ hasher, staticKeys: [], stored: keys, throttle, environments: null },
    ...changes,
  });
}

function decide(keys: StoredKey[], text: string): AuthDecision | Promise<AuthDecision> {
  return authOf(memoryKeys(keys, { nowMs: NOW }))(text, subject);
}

describe('createApiKeyAuth', () => {
  const minted = mintKey('live');
  const otherSecret = mintKey('live');

  it('accepts a stored key, with the same object every time', () => {
    const auth = authOf(memoryKeys([stored(minted, { identity: 'team' })], { nowMs: NOW }));
    const decision = auth(minted.text, subject);
    expect(decision).toMatchObject({
      kind: 'allowed',
      key: { id: minted.id, environment: 'live', identity: 'team', secretNo: 1 },
    });
    expect(auth(minted.text, subject)).toBe(decision);
  });

  it.each<[string, string, StoredKey[]]>([
    ['malformed', 'hunter2', []],
    ['malformed', '', []],
    ['malformed', 'x'.repeat(20_000), []],
    ['malformed', "' OR '1'='1", []],
    ['malformed', `${minted.text.slice(0, -1)}~`, [stored(minted)]],
    ['unknown', minted.text, []],
    ['bad_secret', minted.text, [{ ...stored(otherSecret), id: minted.id }]],
    ['revoked', minted.text, [stored(minted, { revokedAt: new Date(NOW) })]],
    ['disabled', minted.text, [stored(minted, { disabledAt: new Date(NOW) })]],
    ['deleted', minted.text, [stored(minted, { deletedAt: new Date(NOW) })]],
    ['expired', minted.text, [stored(minted, { expiresAt: new Date(NOW) })]],
    ['ip', minted.text, [stored(minted, { cidrs: ['10.2.0.0/16', '::1'] })]],
  ])('refuses: %s', async (reason, text, keys) => {
    expect(await decide(keys, text)).toMatchObject({ kind: 'refused', reason });
  });

  it('asks in this order: state, environment, address, scope', async () => {
    const everything = {
      ...{ revokedAt: new Date(NOW), disabledAt: new Date(NOW), expiresAt: new Date(NOW) },
      ...{ cidrs: ['::1'], scopes: ['GET /other'] },
    };
    const keys = memoryKeys([stored(minted, everything)], { nowMs: NOW });
    const auth = authOf(keys, { environments: new Set(['test']) });
    const reasons: unknown[] = [];
    for (const cure of [
      { revokedAt: null },
      { disabledAt: null },
      { expiresAt: null },
      { environment: 'test' },
      { cidrs: [] },
      { scopes: [] },
    ]) {
      const decision = await auth(minted.text, subject);
      reasons.push(
        decision.kind === 'refused' || decision.kind === 'forbidden' ? decision.reason : 0,
      );
      Object.assign(everything, cure);
      keys.put(stored(minted, everything));
    }
    expect(reasons).toEqual(['revoked', 'disabled', 'expired', 'environment', 'ip', 'scope']);
    expect(await auth(minted.text, subject)).toMatchObject({ kind: 'allowed' });
  });

  it('names the scope that a right key would need', () => {
    const key = stored(minted, { scopes: ['GET /v1/embeddings', 'metrics:read'] });
    expect(decide([key], minted.text)).toEqual({
      ...{ kind: 'forbidden', reason: 'scope', keyId: minted.id, needed: 'GET /v1/models' },
    });
    const allowed = stored(minted, { scopes: ['GET,POST /v1/*'] });
    expect(decide([allowed], minted.text)).toMatchObject({ kind: 'allowed' });
  });

  it('counts the requests of a key in one place, also when it changes or is rotated meanwhile', () => {
    const [current] = stored(otherSecret).secrets;
    const [older] = stored(minted).secrets;
    if (current === undefined || older === undefined) throw new Error('no secret');
    const keys = memoryKeys([stored(minted)], { nowMs: NOW });
    const auth = authOf(keys);
    const loadOf = (text: string): unknown => {
      const decision = auth(text, subject);
      return 'key' in decision ? decision.key.load : decision;
    };
    const load = loadOf(minted.text);
    const secrets = [{ ...current, secretNo: 2 }, older];
    keys.put(stored(minted, { secrets, identity: 'changed' }));
    expect(auth(minted.text, subject)).toMatchObject({ key: { identity: 'changed' } });
    expect(loadOf(minted.text)).toBe(load);
    expect(load).toEqual({ inFlight: 0 });
  });

  it('accepts the older secret of a rotation until its end', async () => {
    const [digest] = hasher(minted.text);
    const [current] = stored(otherSecret).secrets;
    if (current === undefined) throw new Error('no secret');
    const rotated = (notAfter: Date): StoredKey =>
      stored(minted, {
        secrets: [
          { ...current, secretNo: 2 },
          { ...digest, last4: 'x', notAfter, secretNo: 1 },
        ],
      });
    expect(decide([rotated(new Date(NOW + 1))], minted.text)).toMatchObject({
      kind: 'allowed',
      key: { secretNo: 1 },
    });
    expect(await decide([rotated(new Date(NOW))], minted.text)).toMatchObject({
      reason: 'bad_secret',
    });
  });

  it.each<[string, StoredKey[]]>([
    ['unknown', []],
    ['another secret (rotated elsewhere)', [{ ...stored(otherSecret), id: minted.id }]],
  ])('asks once more before it refuses: %s', async (_name, before) => {
    const keys = memoryKeys(before, { nowMs: NOW, onRecheck: () => keys.put(stored(minted)) });
    expect(await authOf(keys)(minted.text, subject)).toMatchObject({ kind: 'allowed' });
  });

  it('neither accepts nor refuses while the store is stale, unless the key asks for it', async () => {
    const fresh = { fresh: false, nowMs: NOW };
    const auth = authOf(memoryKeys([stored(minted)], fresh));
    expect(auth(minted.text, subject)).toEqual({ kind: 'stale' });
    expect(await auth(mintKey('live').text, subject)).toEqual({ kind: 'stale' });
    const later = memoryKeys([stored(minted)], { ...fresh, fresh: Promise.resolve(true) });
    expect(await authOf(later)(minted.text, subject)).toMatchObject({ kind: 'allowed' });
    const open = authOf(memoryKeys([stored(minted, { failOpen: true })], fresh));
    expect(open(minted.text, subject)).toMatchObject({ kind: 'allowed' });
    const revoked = { failOpen: true, revokedAt: new Date(NOW) };
    expect(
      authOf(memoryKeys([stored(minted, revoked)], fresh))(minted.text, subject),
    ).toMatchObject({ reason: 'revoked' });
  });

  it('accepts static keys whatever the store says, unless the store knows the same key', async () => {
    const statics = createStaticKeyRepository(['legacy', minted.text], hasher);
    const staticKeys = (await statics.list()).keys;
    const keys = memoryKeys([], { fresh: false, nowMs: NOW });
    const auth = authOf(keys, { staticKeys });
    expect(auth('legacy', subject)).toMatchObject({ kind: 'allowed', key: { id: 'env_1' } });
    expect(auth(minted.text, subject)).toMatchObject({ kind: 'allowed', key: { id: 'env_2' } });
    const moved = { legacy: true, revokedAt: new Date(NOW), failOpen: true };
    const secret = { ...hasher('legacy')[0], last4: '', notAfter: null };
    keys.put(stored(mintKey('live'), { ...moved, secrets: [secret] }));
    expect(auth('legacy', subject)).toMatchObject({ kind: 'refused', reason: 'revoked' });
  });

  it('finds imported keys by digest and asks for a better hash once they are seen', () => {
    const peppers = parsePeppers(`2:${'b'.repeat(24)},1:${'a'.repeat(24)}`) ?? processPepper();
    const two = createKeyHasher(peppers);
    const older = two('older-pepper')[1] ?? two('')[0];
    const hashes = { sha256: sha256('imported-hash'), older: older.digest };
    const imported = (digest: Buffer, algorithm: 'hmac' | 'sha256'): StoredKey =>
      stored(mintKey('live'), {
        legacy: true,
        secrets: [{ digest, pepperVersion: 1, last4: '', notAfter: null, algorithm }],
      });
    const [first, second] = [imported(hashes.sha256, 'sha256'), imported(hashes.older, 'hmac')];
    const upgraded: string[] = [];
    const auth = authOf(memoryKeys([first, second], { nowMs: NOW }), {
      hasher: two,
      upgrade: (keyId, from, text) => upgraded.push(`${keyId} ${from.toString('hex')} ${text}`),
    });
    expect(auth('imported-hash', subject)).toMatchObject({ key: { id: first.id } });
    expect(auth('older-pepper', subject)).toMatchObject({ key: { id: second.id } });
    expect(auth('imported-hasH', subject)).toMatchObject({ reason: 'malformed' });
    expect(upgraded).toEqual([
      `${first.id} ${hashes.sha256.toString('hex')} imported-hash`,
      `${second.id} ${hashes.older.toString('hex')} older-pepper`,
    ]);
  });
});

describe('failed authentication', () => {
  it(
    'asks the store nothing for 100,000 junk texts',
    () => {
      const keys = memoryKeys([stored(mintKey('live'))], { nowMs: NOW });
      const auth = authOf(keys);
      const { text } = mintKey('live');
      const decisions = new Set<unknown>();
      for (let i = 0; i < 100_000; i += 1) {
        // Four other characters in a row: a CRC finds every such change.
        const junk = text.slice(0, 30) + i.toString(36).padStart(4, '0') + text.slice(34);
        if (junk !== text) decisions.add(auth(junk, subject));
      }
      expect([...decisions]).toEqual([{ kind: 'refused', reason: 'malformed' }]);
      expect(keys.queries()).toBe(0);
    },
    PATIENCE_MS,
  );

  it('asks a few times for an address that sends well-formed junk, then nothing more', async () => {
    const keys = memoryKeys([], { nowMs: NOW });
    const auth = authOf(keys);
    for (let i = 0; i < 30; i += 1) await auth(mintKey('live').text, subject);
    const asked = keys.queries();
    expect(asked).toBeLessThanOrEqual(20);
    for (let i = 0; i < 2_000; i += 1) {
      expect(auth(mintKey('live').text, subject)).toMatchObject({ reason: 'unknown' });
    }
    expect(keys.queries()).toBe(asked);
  });

  it('still accepts a known key from such an address', async () => {
    const minted = mintKey('live');
    const auth = authOf(memoryKeys([stored(minted)], { nowMs: NOW }));
    for (let i = 0; i < 50; i += 1) await auth(mintKey('live').text, subject);
    expect(auth(minted.text, subject)).toMatchObject({ kind: 'allowed' });
  });
});
