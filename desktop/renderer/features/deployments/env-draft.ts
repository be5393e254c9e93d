import { isSecretEntry } from '../../../shared/domain/diff.ts';
import type { EnvEntry } from '../../../shared/domain/revision.ts';

/** One literal variable as it is edited. */
export interface EnvRow {
  /** Stable while the name is typed. */
  readonly id: string;
  readonly name: string;
  readonly value: string;
  /** The value that runs now; null for an added row. */
  readonly original: string | null;
  /** The running value is hidden: an untouched row means "as it is". */
  readonly masked: boolean;
  readonly removed: boolean;
}
export type EnvDraft = readonly EnvRow[];

/** Main refuses other names by the contract; saying so while typing saves a round trip. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The literal variables of a template, ready to be edited. Secrets are references and stay out. */
export function draftFrom(env: readonly EnvEntry[]): EnvDraft {
  return env.flatMap((entry) => {
    if ('secret' in entry) return [];
    const masked = isSecretEntry(entry);
    const value = masked ? '' : entry.value;
    return [{ id: entry.name, name: entry.name, value, original: value, masked, removed: false }];
  });
}

/** The draft with one more, empty row; `id` has to be new. */
export function withAdded(draft: EnvDraft, id: string): EnvDraft {
  return [...draft, { id, name: '', value: '', original: null, masked: false, removed: false }];
}

/** The draft with one row changed. */
export function withRow(
  draft: EnvDraft,
  id: string,
  change: Partial<Pick<EnvRow, 'name' | 'value'>>,
): EnvDraft {
  return draft.map((row) => (row.id === id ? { ...row, ...change } : row));
}

/** Takes a running variable out (it can be undone) and forgets an added row altogether. */
export function withRemoved(draft: EnvDraft, id: string): EnvDraft {
  return draft
    .filter((row) => row.id !== id || row.original !== null)
    .map((row) => (row.id === id ? { ...row, removed: true } : row));
}

/** Puts a changed or removed variable back to what runs now. */
export function withUndone(draft: EnvDraft, id: string): EnvDraft {
  return draft.map((row) =>
    row.id === id && row.original !== null ? { ...row, value: row.original, removed: false } : row,
  );
}

/** Does this row differ from what runs now? */
export function isTouched(row: EnvRow): boolean {
  return row.original === null || row.removed || row.value !== row.original;
}

/** What is wrong with a row, in one sentence, or null. */
export function rowProblem(draft: EnvDraft, row: EnvRow): string | null {
  if (row.removed || row.original !== null) return null;
  if (row.name === '') return 'Give the variable a name.';
  if (!NAME.test(row.name)) return 'Letters, digits and _, not starting with a digit.';
  const twin = draft.some((other) => other.id !== row.id && other.name === row.name);
  return twin ? `${row.name} is there already.` : null;
}

/** The changed variables only, as the contract wants them: a string sets, null removes. */
export function toEnvPatch(draft: EnvDraft): Record<string, string | null> {
  return Object.fromEntries(
    draft.filter(isTouched).map((row) => [row.name, row.removed ? null : row.value]),
  );
}
