import { createHash, timingSafeEqual } from 'node:crypto';
import type { KeyDigest } from './hash-key.ts';
import { DIGEST_BYTES } from './key-columns.ts';
import type { KeyColumns } from './key-columns.ts';

/** The digest of a slot is copied here: a view of the column would be an allocation. */
const stored = Buffer.alloc(DIGEST_BYTES);

/** What was presented: one digest per pepper, and the text for imported SHA-256 hashes. */
export interface Presented {
  readonly text: string;
  readonly digests: readonly [KeyDigest, ...KeyDigest[]];
}

/**
 * Slot of the row whose secret matches and is live, or -1. Always two comparisons, with zeros for
 * empty slots and unknown keys, so that the time tells nothing about which of them it was.
 */
export function matchSecret(
  { columns, nowMs }: { columns: KeyColumns; nowMs: number },
  row: number,
  presented: Presented,
): number {
  const first = slotMatches(columns, row * 2, presented);
  const second = slotMatches(columns, row * 2 + 1, presented);
  if (first && columns.notAfterMs(row, 0) > nowMs) return 0;
  return second && columns.notAfterMs(row, 1) > nowMs ? 1 : -1;
}

function slotMatches(columns: KeyColumns, at: number, { text, digests }: Presented): boolean {
  const row = at >> 1;
  const slot = at & 1;
  const pepper = columns.pepperOf(row, slot);
  columns.copyDigest(row, slot, stored);
  if (columns.isSha256(row, slot)) return timingSafeEqual(stored, sha256(text));
  const candidate = candidateOf(digests, pepper);
  const equal = timingSafeEqual(stored, candidate.digest);
  return equal && candidate.pepperVersion === pepper;
}

function candidateOf(
  digests: readonly [KeyDigest, ...KeyDigest[]],
  pepperVersion: number,
): KeyDigest {
  for (const digest of digests) if (digest.pepperVersion === pepperVersion) return digest;
  return digests[0];
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
