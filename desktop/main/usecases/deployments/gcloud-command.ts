import { isSecretEntry } from '../../../shared/domain/diff.ts';
import type { EnvEntry, RevisionTemplate } from '../../../shared/domain/revision.ts';

/** The same change for a shell. Secret-looking literals become a placeholder, never a value. */
export function gcloudDeploy(
  service: string,
  current: RevisionTemplate | null,
  next: RevisionTemplate & { readonly built: boolean },
): string {
  const before = new Map((current?.env ?? []).map((entry) => [entry.name, entry]));
  const changed = next.env.filter((entry) => !sameEntry(before.get(entry.name), entry));
  const literals = changed.filter((entry) => !('secret' in entry)).map(literal);
  const secrets = changed.flatMap((entry) =>
    'secret' in entry ? [`${entry.name}=${entry.secret}:${entry.version}`] : [],
  );
  const names = new Set(next.env.map((entry) => entry.name));
  const removed = [...before.keys()].filter((name) => !names.has(name));
  return [
    `gcloud run deploy ${service}`,
    next.built ? `--source services/${service}` : `--image ${next.image}`,
    ...list('--update-env-vars', literals),
    ...list('--update-secrets', secrets),
    ...list('--remove-env-vars', removed),
  ].join(' \\\n  ');
}

export function gcloudTraffic(service: string, revision: string): string {
  return `gcloud run services update-traffic ${service} \\\n  --to-revisions ${revision}=100`;
}

function sameEntry(before: EnvEntry | undefined, after: EnvEntry): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

function literal(entry: EnvEntry): string {
  const value = isSecretEntry(entry) || 'secret' in entry ? 'VALUE' : entry.value;
  return shellQuoted(`${entry.name}=${value}`);
}

function list(flag: string, values: readonly string[]): readonly string[] {
  return values.length === 0 ? [] : [`${flag} ${values.join(',')}`];
}

function shellQuoted(text: string): string {
  return /^[\w=:/.@%+-]*$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
