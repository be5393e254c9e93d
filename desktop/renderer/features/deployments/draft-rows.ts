/** One variable as it is edited, whatever its value is. */
export interface DraftRow {
  /** Stable while the name is typed. */
  readonly id: string;
  readonly name: string;
  /** What runs now; null for an added row. */
  readonly original: unknown;
  readonly removed: boolean;
}

/** Main refuses other names by the contract; saying so while typing saves a round trip. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The draft with one row changed. */
export function withRow<Row extends DraftRow>(
  draft: readonly Row[],
  id: string,
  change: Partial<Omit<Row, 'id' | 'original' | 'removed'>>,
): readonly Row[] {
  return draft.map((row) => (row.id === id ? { ...row, ...change } : row));
}

/** Takes a running variable out (it can be undone) and forgets an added row altogether. */
export function withRemoved<Row extends DraftRow>(
  draft: readonly Row[],
  id: string,
): readonly Row[] {
  return draft
    .filter((row) => row.id !== id || row.original !== null)
    .map((row) => (row.id === id ? { ...row, removed: true } : row));
}

/**
 * What is wrong with the name of an added row, in one sentence, or null.
 *
 * @param taken names that are somewhere else already
 */
export function nameProblem(
  draft: readonly DraftRow[],
  row: DraftRow,
  taken: readonly string[] = [],
): string | null {
  if (row.removed || row.original !== null) return null;
  if (row.name === '') return 'Give the variable a name.';
  if (!NAME.test(row.name)) return 'Letters, digits and _, not starting with a digit.';
  const isTwin = draft.some((other) => other.id !== row.id && other.name === row.name);
  return isTwin || taken.includes(row.name) ? `${row.name} is there already.` : null;
}

/** Names that a deploy leaves set. */
export function keptNames(draft: readonly DraftRow[]): readonly string[] {
  return draft.filter(({ removed }) => !removed).map(({ name }) => name);
}
