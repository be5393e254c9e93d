/** Below this a key could be guessed one day. */
export const WEAK_BELOW_BITS = 128;

/** Kinds of characters that a random key may be drawn from. */
const CLASSES: readonly [RegExp, number][] = [
  [/[0-9]/, 10],
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[^0-9A-Za-z]/, 32],
];

/** A random text shows more than this share of the characters that it could. */
const DIVERSITY = 0.4;

/**
 * An upper bound of a key's entropy: its length times the size of the alphabet that it shows. Far
 * fewer different characters than chance would give come from a person or from a repetition; then
 * only those count as the alphabet. A well-known prefix (`sk-`, `omni_live_`) is no secret and does
 * not count.
 */
export function estimateBits(text: string): number {
  const secret = text.replace(/^(?:[A-Za-z]{1,8}[-_]){1,3}(?=.)/, '');
  const alphabet = alphabetOf(secret);
  const different = new Set(secret).size;
  const expected = Math.min(secret.length, alphabet) * DIVERSITY;
  const drawn = different < expected ? different : alphabet;
  return Math.floor(secret.length * Math.log2(Math.max(drawn, 1)));
}

function alphabetOf(secret: string): number {
  if (/^[0-9a-f]+$/.test(secret)) return 16;
  return CLASSES.reduce((sum, [kind, size]) => sum + (kind.test(secret) ? size : 0), 0);
}
