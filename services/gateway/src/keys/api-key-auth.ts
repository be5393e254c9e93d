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
  /** Resolves after a check that was sent after this call. */
  recheck: () => Promise<void>;
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
    if (typeof fresh !== 'boolean') {
      return fresh.then((confirmed) => decideFresh(stored, parts.id, { confirmed, digests }));
    }
    return decideFresh(stored, parts.id, { confirmed: fresh, digests });
  };
}

type Digests = readonly [KeyDigest, ...KeyDigest[]];

/** A key that another instance made a moment ago is not known here yet: ask once more. */
function decideFresh(
  stored: StoredKeys,
  id: string,
  { confirmed, digests }: { confirmed: boolean; digests: Digests },
): AuthDecision | Promise<AuthDecision> {
  if (!confirmed) return { kind: 'stale' };
  if (stored.find(id) !== undefined) return decide(stored, id, digests);
  return stored.recheck().then(() => decide(stored, id, digests));
}

function decide(stored: StoredKeys, id: string, digests: Digests): AuthDecision {
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
