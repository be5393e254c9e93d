import { timingSafeEqual } from 'node:crypto';
import type { Allowed } from './accepted-keys.ts';
import type { KeyDigest } from './hash-key.ts';
import { KeyLoad } from './key-load.ts';
import type { StoredKey } from './key-repository.ts';
import { UsageCounter } from './usage-counter.ts';

/** Finds the static key that was presented; they need not fit the grammar, so by digest. */
export type StaticKeys = (digest: KeyDigest) => Allowed | undefined;

/** Static keys are few: each is compared, so the time tells nothing. */
export function createStaticKeys(keys: readonly StoredKey[]): StaticKeys {
  const known = keys.flatMap((key) =>
    key.secrets.map((secret) => ({ digest: secret.digest, allowed: toAllowed(key) })),
  );
  if (known.length > COMPARED_UP_TO) return byText(known);
  return ({ digest }) => {
    let found: Allowed | undefined;
    for (const each of known) if (timingSafeEqual(each.digest, digest)) found = each.allowed;
    return found;
  };
}

/** More of them are found by the text of their digest: 32 random bytes, nothing to learn from. */
const COMPARED_UP_TO = 8;

function byText(known: readonly { digest: Buffer; allowed: Allowed }[]): StaticKeys {
  const allowed = new Map(known.map((each) => [each.digest.toString('latin1'), each.allowed]));
  return ({ digest }) => allowed.get(digest.toString('latin1'));
}

function toAllowed(key: StoredKey): Allowed {
  const { id, source, environment, identity, scopes, rateLimitPerMinute, limits, quotas } = key;
  const usage = new UsageCounter(id, 1);
  const shown = { id, source, environment, identity, scopes, rateLimitPerMinute, limits, quotas };
  return { kind: 'allowed', key: { ...shown, secretNo: 1, usage, load: new KeyLoad() } };
}
