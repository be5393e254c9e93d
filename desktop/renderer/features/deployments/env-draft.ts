import { isSecretEntry } from '../../../shared/domain/diff.ts';
import type { EnvEntry } from '../../../shared/domain/revision.ts';
import type { DraftRow } from './draft-rows.ts';

/** One literal variable as it is edited. */
export interface EnvRow extends DraftRow {
  readonly value: string;
  readonly original: string | null;
  /** The running value is hidden: an untouched row means "as it is". */
  readonly masked: boolean;
}
export type EnvDraft = readonly EnvRow[];

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

/** The changed variables only, as the contract wants them: a string sets, null removes. */
export function toEnvPatch(draft: EnvDraft): Record<string, string | null> {
  return Object.fromEntries(
    draft.filter(isTouched).map((row) => [row.name, row.removed ? null : row.value]),
  );
}
