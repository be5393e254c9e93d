const WORD = /[\p{L}\p{N}]+/gu;
const MAX_WORDS = 20_000;

/** Words that say nothing about what a text is about. */
const STOP = new Set(
  'a an and are as at be by for from has have if in into is it its of on or that the then there these this to was were will with'.split(
    ' ',
  ),
);

/** Lower-case words of a text, camelCase and snake_case taken apart, endings of plurals cut. */
export function tokenise(text: string): string[] {
  const apart = text
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .normalize('NFKC')
    .toLowerCase();
  const words: string[] = [];
  for (const [word] of apart.matchAll(WORD)) {
    if (!STOP.has(word)) words.push(stem(word));
    if (words.length >= MAX_WORDS) break;
  }
  return words;
}

/** Plural and third person only (the S stemmer: D. Harman, How effective is suffixing?, 1991). */
function stem(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || /\d/.test(word)) return word;
  if (word.endsWith('ies') && !/[ae]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (word.endsWith('es') && !/[aeo]es$/.test(word)) return word.slice(0, -1);
  return /[us]s$/.test(word) ? word : word.slice(0, -1);
}
