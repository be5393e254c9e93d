import { timingSafeEqual } from 'node:crypto';
import type { KeyDigest } from './hash-key.ts';
import type { StoredKey, StoredSecret } from './key-repository.ts';

const DUMMY: StoredSecret = {
  digest: Buffer.alloc(32),
  pepperVersion: -1,
  last4: '',
  notAfter: null,
};

/**
 * Whether one of the key's two slots matches. Always two comparisons, with dummies for empty slots
 * and unknown keys, so that the time tells nothing about which of them it was.
 */
export function secretMatches(
  key: StoredKey | undefined,
  digests: readonly [KeyDigest, ...KeyDigest[]],
  nowMs: number,
): boolean {
  const first = slotMatches(key?.secrets[0] ?? DUMMY, digests, nowMs);
  const second = slotMatches(key?.secrets[1] ?? DUMMY, digests, nowMs);
  return first || second;
}

function slotMatches(
  slot: StoredSecret,
  digests: readonly [KeyDigest, ...KeyDigest[]],
  nowMs: number,
): boolean {
  const candidate = digests.find((item) => item.pepperVersion === slot.pepperVersion) ?? digests[0];
  const equal = timingSafeEqual(slot.digest, candidate.digest);
  const live = slot.notAfter === null || slot.notAfter.getTime() > nowMs;
  return equal && live && slot !== DUMMY && candidate.pepperVersion === slot.pepperVersion;
}
