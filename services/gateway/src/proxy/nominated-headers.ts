/** What Connection may say without nominating; content-length stays, dropping it breaks framing. */
const NOT_NOMINATED = new Set(['', 'keep-alive', 'close', 'content-length']);

/** Names of headers that the value of Connection nominates as of this hop only. */
export function nominatedBy(value: string): ReadonlySet<string> | undefined {
  // What nearly every message says: nothing is nominated.
  if (NOT_NOMINATED.has(value)) return undefined;
  const names = value
    .toLowerCase()
    .split(',')
    .map((token) => token.trim())
    .filter((name) => !NOT_NOMINATED.has(name));
  return names.length === 0 ? undefined : new Set(names);
}

/** Takes the nominated names out of flat pairs, from index `first` on. */
export function removeNominated(
  pairs: string[],
  first: number,
  nominated: ReadonlySet<string>,
): void {
  let kept = first;
  for (let i = first; i + 1 < pairs.length; i += 2) {
    const name = pairs[i] ?? '';
    if (nominated.has(name)) continue;
    pairs[kept] = name;
    pairs[kept + 1] = pairs[i + 1] ?? '';
    kept += 2;
  }
  pairs.length = kept;
}
