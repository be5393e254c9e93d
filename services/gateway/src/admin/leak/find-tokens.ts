import { parseKey } from '../../keys/key-format.ts';

/** A key that stands in a text: only what is public of it. */
export interface FoundToken {
  id: string;
  environment: string;
  last4: string;
  /** From 1. */
  line: number;
}

/** Not inside of a longer word: the checksum would refuse the piece anyway, this is cheaper. */
const CANDIDATE = /(?<![0-9A-Za-z])omni_[a-z]{2,8}_[0-9A-Za-z]{50}(?![0-9A-Za-z])/g;

/**
 * Every key of our grammar in a text whose checksum fits; one in four billion random texts of the
 * right form has a checksum that fits. The keys themselves are not returned.
 */
export function findTokens(text: string): FoundToken[] {
  const found: FoundToken[] = [];
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const parts = parseKey(match[0]);
    if (parts === null) continue;
    line += newlines(text, counted, match.index);
    counted = match.index;
    found.push({ id: parts.id, environment: parts.environment, last4: parts.last4, line });
  }
  return found;
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) {
    count += 1;
  }
  return count;
}
