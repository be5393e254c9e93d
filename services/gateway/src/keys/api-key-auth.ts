import { secretMatches } from './compare-secret.ts';
import type { KeyDigest, KeyHasher } from './hash-key.ts';
import { parseKey } from './key-format.ts';
import type { StoredKey } from './key-repository.ts';

/** Why a key was refused; goes to metrics and logs, never to the client. */
export type AuthFailure =
  'missing' | 'malformed' | 'unknown' | 'bad_secret' | 'revoked' | 'expired';

export const AUTH_FAILURES: readonly AuthFailure[] = [
  'missing',
  'malformed',
  'unknown',
  'bad_secret',
  'revoked',
  'expired',
];

export type AuthDecision =
  | { kind: 'allowed'; key: StoredKey }
  | { kind: 'refused'; reason: AuthFailure; keyId?: string }
  /** The store could not be confirmed lately: neither yes nor no. */
  | { kind: 'stale' };

/** The stored keys, as the request path sees them. */
export interface StoredKeys {
  find: (id: string) => StoredKey | undefined;
  /** Whether the table was confirmed lately enough; awaits one check when it was not. */
  ensureFresh: () => boolean | Promise<boolean>;
  /** Clock of the store. */
  now: () => number;
}

export interface ApiKeyAuthOptions {
  hasher: KeyHasher;
  staticKeys: readonly StoredKey[];
  stored: StoredKeys | null;
}

/** Decides on a key; at once while the store's table is fresh. */
export type ApiKeyAuth = (key: string) => AuthDecision | Promise<AuthDecision>;

/**
 * Grammar first, then the same hashing and comparing for known, unknown and malformed keys. Keys of
 * the environment are found by digest, because they need not fit the grammar.
 */
export function createApiKeyAuth({ hasher, staticKeys, stored }: ApiKeyAuthOptions): ApiKeyAuth {
  const staticByDigest = new Map<string, StoredKey>();
  for (const key of staticKeys) {
    for (const secret of key.secrets) staticByDigest.set(secret.digest.toString('hex'), key);
  }
  return (text) => {
    const digests = hasher(text);
    const staticKey = staticByDigest.get(digests[0].digest.toString('hex'));
    if (staticKey !== undefined) return { kind: 'allowed', key: staticKey };
    const parts = parseKey(text);
    if (parts === null || stored === null) {
      secretMatches(undefined, digests, 0);
      return { kind: 'refused', reason: parts === null ? 'malformed' : 'unknown' };
    }
    const fresh = stored.ensureFresh();
    if (fresh === true) return decide(stored, parts.id, digests);
    if (fresh === false) return { kind: 'stale' };
    return fresh.then((confirmed) =>
      confirmed ? decide(stored, parts.id, digests) : { kind: 'stale' },
    );
  };
}

function decide(
  stored: StoredKeys,
  id: string,
  digests: readonly [KeyDigest, ...KeyDigest[]],
): AuthDecision {
  const key = stored.find(id);
  const now = stored.now();
  const matches = secretMatches(key, digests, now);
  if (key === undefined) return { kind: 'refused', reason: 'unknown' };
  if (!matches) return { kind: 'refused', reason: 'bad_secret', keyId: id };
  if (key.revokedAt !== null) return { kind: 'refused', reason: 'revoked', keyId: id };
  if (key.expiresAt !== null && key.expiresAt.getTime() <= now) {
    return { kind: 'refused', reason: 'expired', keyId: id };
  }
  return { kind: 'allowed', key };
}
