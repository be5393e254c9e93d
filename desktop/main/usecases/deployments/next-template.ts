import { SECRET_MASK } from '../../../shared/domain/diff.ts';
import type { EnvEntry, RevisionTemplate } from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { STACK_DEFAULTS } from '../../../shared/domain/stack.ts';
import { DomainError } from '../../ports/domain-error.ts';

/** Literal variables to set (string) or to take away (null), by name. */
export type EnvEdits = Readonly<Record<string, string | null>>;

export interface TemplateChange {
  readonly service: StackServiceId;
  /** Template of the serving revision; null for the first deploy. */
  readonly base: RevisionTemplate | null;
  readonly image: string;
  readonly env: EnvEdits;
  /** Public address of the service that this one calls, null when it has none yet. */
  readonly upstreamUri: string | null;
}

/** What the next revision runs. Throws INVALID_INPUT for an edit that would touch a secret. */
export function nextTemplate(change: TemplateChange): RevisionTemplate {
  const { upstream, verifyPath: _verifyPath, ...defaults } = STACK_DEFAULTS[change.service];
  const base = change.base ?? defaults;
  const called =
    upstream === null || change.upstreamUri === null
      ? {}
      : { [upstream.variable]: change.upstreamUri };
  return {
    ...base,
    image: change.image,
    env: applyEdits(base.env, { ...called, ...change.env }),
  };
}

function applyEdits(env: readonly EnvEntry[], edits: EnvEdits): readonly EnvEntry[] {
  for (const [name, value] of Object.entries(edits)) {
    refuseSecret(env, name);
    refuseMask(name, value);
  }
  const kept = env.flatMap((entry) => {
    const edit = edits[entry.name];
    if (edit === undefined) return [entry];
    return edit === null ? [] : [{ name: entry.name, value: edit }];
  });
  const known = new Set(env.map((entry) => entry.name));
  const added = Object.entries(edits).flatMap(([name, value]) =>
    known.has(name) || value === null ? [] : [{ name, value }],
  );
  return [...kept, ...added];
}

function refuseSecret(env: readonly EnvEntry[], name: string): void {
  const entry = env.find((candidate) => candidate.name === name);
  if (entry === undefined || !('secret' in entry)) return;
  throw new DomainError({
    code: 'INVALID_INPUT',
    message: `${name} is a reference to the secret ${entry.secret} and can't be set here.`,
    nextStep: 'Leave it out of the change.',
  });
}

/** The page shows dots for a secret-looking literal; sending them back would overwrite it. */
function refuseMask(name: string, value: string | null): void {
  if (value?.includes(SECRET_MASK) !== true) return;
  throw new DomainError({
    code: 'INVALID_INPUT',
    message: `${name} would be set to the dots that stand for its value.`,
    nextStep: 'Type the new value, or leave the variable as it is.',
  });
}
