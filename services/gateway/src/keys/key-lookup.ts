import type { KeyHasher } from './hash-key.ts';
import type { KeyFacts } from './judge-key.ts';
import type { KeyColumns } from './key-columns.ts';
import { NO_ROW } from './key-columns.ts';
import { OPEN_POLICY } from './key-policy.ts';
import { sha256 } from './match-secret.ts';
import type { Presented } from './match-secret.ts';
import { KEY_ID_CHARS, keyIdOffset } from './read-key-id.ts';

/** A text that was presented, with everything that is made of it once. */
export interface Attempt extends Presented {
  /** Where its id begins; -1 when it is not of our grammar. */
  readonly idAt: number;
}

/** Longer text is no key of any kind, and not hashed: 16 KiB of header would cost 30 times a key. */
const MAX_TEXT_CHARS = 1_024;
const INSTEAD_OF_LONG = 'x'.repeat(60);

/** Reads and hashes a text: the same work for every text of a key's length. */
export function readAttempt(hasher: KeyHasher, text: string): Attempt {
  const hashed = text.length > MAX_TEXT_CHARS ? INSTEAD_OF_LONG : text;
  return { text: hashed, idAt: keyIdOffset(text), digests: hasher(hashed) };
}

/** The id that an attempt names; of malformed text any piece of it. */
export function idOf({ text, idAt }: Attempt): string {
  const from = Math.max(idAt, 0);
  return text.slice(from, from + KEY_ID_CHARS);
}

/** Row of the key that is meant, by id or, for imported keys, by digest; `NO_ROW` for none. */
export function rowOf(columns: KeyColumns, { text, idAt, digests }: Attempt): number {
  // Text without a place for an id is looked up all the same, and the result not used.
  const byId = columns.find(text, Math.max(idAt, 0), KEY_ID_CHARS);
  const row = idAt < 0 ? NO_ROW : byId;
  if (row !== NO_ROW || !columns.hasLegacy) return row;
  for (const { digest } of digests) {
    const found = columns.findByDigest(digest);
    if (found !== NO_ROW) return found;
  }
  return columns.findByDigest(sha256(text));
}

/** Facts to be filled by `readFacts`, so that a judgement allocates nothing. */
export function emptyFacts(environments: ReadonlySet<string> | null): KeyFacts {
  const policy = { ...OPEN_POLICY, environment: '', rateLimitPerMinute: null };
  return {
    ...{ flags: 0, expiresAtMs: 0, nowMs: 0, environments },
    policy: { ...policy, inScope: null, ranges: null },
  };
}

/** Fills in what is judged about the key of a row. */
export function readFacts(
  { columns, nowMs }: { columns: KeyColumns; nowMs: number },
  row: number,
  facts: KeyFacts,
): KeyFacts {
  facts.flags = columns.flagsOf(row);
  facts.expiresAtMs = columns.expiresAtMs(row);
  facts.policy = columns.policyOf(row) ?? facts.policy;
  facts.nowMs = nowMs;
  return facts;
}
