import { SECRET_MASK } from '../../../shared/domain/diff.ts';
import type { EnvEntry } from '../../../shared/domain/revision.ts';
import type { SecretReference } from '../../../shared/domain/secret-reference.ts';
import { DomainError } from '../../ports/domain-error.ts';

/** Literal variables to set (string) or to take away (null), by name. */
export type EnvEdits = Readonly<Record<string, string | null>>;
/** References to secrets to set or to take away (null), by the name of their variable. */
export type SecretEdits = Readonly<Record<string, SecretReference | null>>;

export interface VariableEdits {
  readonly env: EnvEdits;
  readonly secrets: SecretEdits;
}

/**
 * The variables after the edits; what isn't named stays where it is. A variable becomes the other
 * kind only when it is taken away as what it was: a literal never covers a reference by accident.
 * Throws INVALID_INPUT.
 */
export function applyEdits(env: readonly EnvEntry[], edits: VariableEdits): readonly EnvEntry[] {
  const names = [...new Set([...Object.keys(edits.env), ...Object.keys(edits.secrets)])];
  const wanted = new Map(names.map((name) => [name, wantedEntry(env, edits, name)]));
  const kept = env.flatMap((entry) => {
    const edit = wanted.get(entry.name);
    if (edit === undefined) return [entry];
    return edit === null ? [] : [edit];
  });
  const known = new Set(env.map(({ name }) => name));
  const added = [...wanted.values()].filter((entry) => entry !== null && !known.has(entry.name));
  return [...kept, ...added.filter((entry) => entry !== null)];
}

/** What becomes of one variable that is named by an edit; null takes it away. */
function wantedEntry(
  env: readonly EnvEntry[],
  edits: VariableEdits,
  name: string,
): EnvEntry | null {
  const value = edits.env[name];
  const reference = edits.secrets[name];
  refuseBoth(name, value, reference);
  refuseCovering(
    env.find((candidate) => candidate.name === name),
    value,
    reference,
  );
  refuseMask(name, value);
  if (typeof value === 'string') return { name, value };
  return reference === null || reference === undefined ? null : { name, ...reference };
}

type Value = string | null | undefined;
type Reference = SecretReference | null | undefined;

function refuseBoth(name: string, value: Value, reference: Reference): void {
  if (typeof value !== 'string' || reference === null || reference === undefined) return;
  throw invalid(
    `${name} can’t be a value and a reference to a secret at once.`,
    'Keep one of the two.',
  );
}

function refuseCovering(now: EnvEntry | undefined, value: Value, reference: Reference): void {
  if (now === undefined) return;
  if ('secret' in now && value !== undefined && reference === undefined) {
    throw invalid(
      `${now.name} is a reference to the secret ${now.secret} and not a value.`,
      'Remove the reference first, or leave it out of the change.',
    );
  }
  if (!('secret' in now) && reference !== undefined && value === undefined) {
    throw invalid(
      `${now.name} is a variable with a value and not a reference to a secret.`,
      'Remove the variable first, or leave it out of the change.',
    );
  }
}

/** The page shows dots for a secret-looking literal; sending them back would overwrite it. */
function refuseMask(name: string, value: Value): void {
  if (value?.includes(SECRET_MASK) !== true) return;
  throw invalid(
    `${name} would be set to the dots that stand for its value.`,
    'Type the new value, or leave the variable as it is.',
  );
}

function invalid(message: string, nextStep: string): DomainError {
  return new DomainError({ code: 'INVALID_INPUT', message, nextStep });
}
