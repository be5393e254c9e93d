import type { KeyHasher } from './hash-key.ts';
import type { KeyRepository, StoredSecret } from './key-repository.ts';

/** A store that refuses or is away is asked again after this time. */
const RETRY_AFTER_MS = 60_000;
/** Below this length the last four characters would tell too much of a hand-made key. */
const SHOWABLE_LENGTH = 16;

/** A secret was seen in plain whose stored hash is weaker than today's. */
export type UpgradeSecret = (keyId: string, from: Buffer, text: string) => void;

/**
 * Hashes a secret anew on its first use: imported SHA-256 hashes, and what an older pepper hashed,
 * so that the older pepper can be retired. In the background; a request never waits for it.
 */
export function createSecretUpgrades(
  hasher: KeyHasher,
  repository: () => Promise<KeyRepository>,
): UpgradeSecret {
  const triedAt = new Map<string, number>();
  return (keyId, from, text) => {
    const now = performance.now();
    const last = triedAt.get(keyId);
    if (last !== undefined && now - last < RETRY_AFTER_MS) return;
    triedAt.set(keyId, now);
    repository()
      .then((store) => store.upgradeSecret(keyId, from, hashed(hasher, text)))
      .then(
        () => triedAt.delete(keyId),
        // Nothing is lost: the present hash still works, and the next use tries again.
        () => undefined,
      );
  };
}

function hashed(hasher: KeyHasher, text: string): StoredSecret {
  const last4 = text.length >= SHOWABLE_LENGTH ? text.slice(-4) : '????';
  return { ...hasher(text)[0], last4, notAfter: null };
}
