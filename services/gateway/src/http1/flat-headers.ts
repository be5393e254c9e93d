/** First value of a header in flat pairs (names in lower case); a value that looks like a name is none. */
export function valueOf(pairs: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < pairs.length; i += 2) if (pairs[i] === name) return pairs[i + 1];
  return undefined;
}
