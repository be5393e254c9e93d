import type { EnvEntry, RevisionTemplate } from './revision.ts';
import { shortDigest } from './revision.ts';

export type ChangeKind = 'same' | 'changed' | 'new' | 'removed';

/** What applying a change costs: nothing, a traffic shift, a new revision, or a build before it. */
export type Impact = 'none' | 'traffic' | 'revision' | 'rebuild';

/** One line of a comparison. Values are for display; a secret is dots, never its value. */
export interface FieldChange {
  readonly field: string;
  readonly current: string | null;
  readonly next: string | null;
  readonly change: ChangeKind;
  readonly impact: Impact;
  readonly secret: boolean;
}

/** What stands for a secret on every screen. */
export const SECRET_MASK = '••••••••';

/** Names whose literal value is hidden too, because people still put secrets there. */
const SECRET_NAME =
  /(^|_)(API_KEYS?|ACCESS_KEYS?|PRIVATE_KEYS?|SECRETS?|TOKENS?|PASSWORDS?|PASSWD|PASSPHRASE|CREDENTIALS?|PEPPERS?|DSN|DATABASE_URL|REDIS_URL)($|_)/i;

/** An address with a password in it, whatever the variable is called. */
const ADDRESS_WITH_PASSWORD = /[a-z][a-z\d+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i;

export function isSecretEntry(entry: EnvEntry): boolean {
  if ('secret' in entry) return true;
  return SECRET_NAME.test(entry.name) || ADDRESS_WITH_PASSWORD.test(entry.value);
}

/** How an entry is shown: a literal, a masked literal, or the reference it makes. */
export function shownValue(entry: EnvEntry): string {
  if ('secret' in entry) return `${SECRET_MASK} (${entry.secret}:${entry.version})`;
  return isSecretEntry(entry) ? SECRET_MASK : entry.value;
}

function identity(entry: EnvEntry): string {
  return 'secret' in entry ? `secret ${entry.secret} ${entry.version}` : `value ${entry.value}`;
}

function compare(
  field: string,
  pair: readonly [string | null, string | null],
  impact: Impact,
): FieldChange {
  const [current, next] = pair;
  const change = changeOf(current, next);
  return {
    field,
    current,
    next,
    change,
    impact: change === 'same' ? 'none' : impact,
    secret: false,
  };
}

function changeOf(current: string | null, next: string | null): ChangeKind {
  if (current === next) return 'same';
  if (current === null) return 'new';
  return next === null ? 'removed' : 'changed';
}

function compareEnv(
  name: string,
  before: EnvEntry | undefined,
  after: EnvEntry | undefined,
): FieldChange {
  const change = changeOf(before ? identity(before) : null, after ? identity(after) : null);
  const secret = [before, after].some((entry) => entry !== undefined && isSecretEntry(entry));
  const next = after === undefined ? null : shownValue(after);
  return {
    field: name,
    current: before === undefined ? null : shownValue(before),
    next: secret && change === 'changed' && next !== null ? `${next} (changed)` : next,
    change,
    impact: change === 'same' ? 'none' : 'revision',
    secret,
  };
}

/** Compares two templates field by field; `current` is null for a service that doesn't exist yet. */
export function diffTemplates(
  current: RevisionTemplate | null,
  next: RevisionTemplate,
): readonly FieldChange[] {
  const names = new Set([...(current?.env ?? []), ...next.env].map((entry) => entry.name));
  const find = (template: RevisionTemplate | null, name: string): EnvEntry | undefined =>
    template?.env.find((entry) => entry.name === name);
  const plain = (of: (template: RevisionTemplate) => string): [string | null, string] => [
    current === null ? null : of(current),
    of(next),
  ];
  return [
    compare(
      'Image',
      plain((t) => shortDigest(t.image)),
      'rebuild',
    ),
    ...[...names].sort().map((name) => compareEnv(name, find(current, name), find(next, name))),
    compare(
      'CPU',
      plain((t) => String(t.cpu)),
      'revision',
    ),
    compare(
      'Memory',
      plain((t) => `${String(t.memoryMib)} MiB`),
      'revision',
    ),
    compare(
      'Instances',
      plain((t) => `${String(t.minInstances)} to ${String(t.maxInstances)}`),
      'revision',
    ),
    compare(
      'Concurrency',
      plain((t) => String(t.concurrency)),
      'revision',
    ),
    compare(
      'Timeout',
      plain((t) => `${String(t.timeoutSeconds)} s`),
      'revision',
    ),
    compare(
      'Start-up probe',
      plain((t) => `GET ${t.startupProbe.path}`),
      'revision',
    ),
  ];
}

/** `RATE_LIMIT 60 → 120, image`: the changed fields in one line for a table. */
export function summariseChanges(changes: readonly FieldChange[]): string {
  const words = changes
    .filter((change) => change.change !== 'same')
    .map((change) => describe(change));
  return words.length === 0 ? 'nothing' : words.join(', ');
}

function describe(change: FieldChange): string {
  if (change.field === 'Image') return 'image';
  if (change.change === 'new') return `+ ${change.field}`;
  if (change.change === 'removed') return `− ${change.field}`;
  if (change.secret) return change.field;
  return `${change.field} ${change.current ?? ''} → ${change.next ?? ''}`;
}
