/** Each is one token of the shipped model's vocabulary. */
const WORDS =
  'time people year way day man world life hand part child eye place work week case point company number group problem fact water room mother area money story month book job word business issue side kind head house service friend father power hour game line end member law car city name team minute idea body back face others level office door health person art war history party result change morning reason research girl guy moment air teacher force education'.split(
    ' ',
  );
/** Begin and end mark. */
const SPECIAL_TOKENS = 2;

/** A text of exactly `tokens` tokens; hardly ever the same twice, so that no cache knows it. */
export function makeText(tokens: number, random: () => number = Math.random): string {
  const word = (): string => WORDS[Math.floor(random() * WORDS.length)] ?? 'time';
  return Array.from({ length: tokens - SPECIAL_TOKENS }, word).join(' ');
}
