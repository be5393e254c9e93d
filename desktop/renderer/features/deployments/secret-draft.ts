import type { EnvEntry } from '../../../shared/domain/revision.ts';
import type { SecretReference } from '../../../shared/domain/secret-reference.ts';
import { referenceProblem } from '../../../shared/domain/secret-reference.ts';
import type { DraftRow } from './draft-rows.ts';
import { nameProblem } from './draft-rows.ts';

/** One variable that takes its value from a secret, as it is edited. */
export interface SecretRow extends DraftRow, SecretReference {
  readonly original: SecretReference | null;
}
export type SecretDraft = readonly SecretRow[];

/** The references of a template, ready to be edited. */
export function secretsFrom(env: readonly EnvEntry[]): SecretDraft {
  return env.flatMap((entry) => {
    if (!('secret' in entry)) return [];
    const { name, secret, version } = entry;
    return [{ id: name, name, secret, version, original: { secret, version }, removed: false }];
  });
}

/** The draft with one more row; `id` has to be new. */
export function withAddedSecret(draft: SecretDraft, id: string): SecretDraft {
  const row = { id, name: '', secret: '', version: 'latest', original: null, removed: false };
  return [...draft, row];
}

/** Puts a changed or removed reference back to what runs now. */
export function withUndoneSecret(draft: SecretDraft, id: string): SecretDraft {
  return draft.map((row) =>
    row.id === id && row.original !== null ? { ...row, ...row.original, removed: false } : row,
  );
}

/** Does this row differ from what runs now? */
export function isTouchedSecret({ original, removed, secret, version }: SecretRow): boolean {
  if (original === null || removed) return true;
  return secret !== original.secret || version !== original.version;
}

/** What is wrong with a row, in one sentence, or null; one that runs already is fine. */
export function secretProblem(
  draft: SecretDraft,
  row: SecretRow,
  taken: readonly string[],
): string | null {
  if (row.removed || !isTouchedSecret(row)) return null;
  return nameProblem(draft, row, taken) ?? referenceProblem(row);
}

/** The changed references only, as the contract wants them: null removes. */
export function toSecretPatch(draft: SecretDraft): Record<string, SecretReference | null> {
  return Object.fromEntries(
    draft
      .filter(isTouchedSecret)
      .map(({ name, removed, secret, version }) => [name, removed ? null : { secret, version }]),
  );
}
