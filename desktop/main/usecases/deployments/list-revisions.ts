import type { RevisionRow } from '../../../shared/contract/deployments.ts';
import {
  diffTemplates,
  isSecretEntry,
  SECRET_MASK,
  summariseChanges,
} from '../../../shared/domain/diff.ts';
import type { EnvEntry, Revision } from '../../../shared/domain/revision.ts';
import type { Core } from '../core.ts';

/** Newest first, each with what it changed against the one before it. No secret value leaves here. */
export async function listRevisions(
  core: Core,
  input: { readonly service: string },
): Promise<RevisionRow[]> {
  const revisions = await core.ports.session.provider.listRevisions(input.service);
  return revisions.map((revision, index) => ({
    revision: masked(revision),
    changed: changedSince(revisions[index + 1], revision),
  }));
}

function changedSince(before: Revision | undefined, revision: Revision): string {
  if (before === undefined) return 'first revision';
  return summariseChanges(diffTemplates(before.template, revision.template));
}

function masked(revision: Revision): RevisionRow['revision'] {
  const env = revision.template.env.map((entry) => maskedEntry(entry));
  return { ...revision, tags: [...revision.tags], template: { ...revision.template, env } };
}

function maskedEntry(entry: EnvEntry): EnvEntry {
  if ('secret' in entry || !isSecretEntry(entry)) return entry;
  return { name: entry.name, value: SECRET_MASK };
}
