import type { EnvEntry, RevisionTemplate } from './revision.ts';
import { shortDigest } from './revision.ts';

export type ChangeKind = 'same' | 'changed' | 'new' | 'removed';

/**
 * What applying a change costs, lightest first: nothing, a traffic shift, a setting of the service
 * that takes effect at once, a new revision, or a build before it.
 */
export const IMPACTS = ['none', 'traffic', 'service', 'revision', 'rebuild'] as const;
export type Impact = (typeof IMPACTS)[number];

/** What a field is about, in the order in which a plan shows it. */
export const CHANGE_GROUPS = [
  'traffic',
  'image',
  'environment',
  'secrets',
  'resources',
  'scaling',
  'requests',
  'probes',
  'access',
] as const;
export type ChangeGroup = (typeof CHANGE_GROUPS)[number];

/** One line of a comparison. Values are for display; a secret is dots, never its value. */
export interface FieldChange {
  readonly group: ChangeGroup;
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

/** Values that give themselves away, whatever the variable is called. */
const SECRET_VALUES: readonly RegExp[] = [
  /** An address with a password in it. */
  /[a-z][a-z\d+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /** Signed tokens, and the keys of well-known issuers by their prefix. */
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\./,
  /\b(gh[opsur]_|github_pat_|glpat-|xox[abprs]-|sk[-_](live|test|proj|ant)[-_]|AKIA|AIza|omni_live_)[\w-]{8,}/,
];

export function isSecretEntry(entry: EnvEntry): boolean {
  if ('secret' in entry) return true;
  return SECRET_NAME.test(entry.name) || SECRET_VALUES.some((pattern) => pattern.test(entry.value));
}

/** How an entry is shown: a literal, a masked literal, or the reference it makes. */
export function shownValue(entry: EnvEntry): string {
  if ('secret' in entry) return `${SECRET_MASK} (${entry.secret}:${entry.version})`;
  return isSecretEntry(entry) ? SECRET_MASK : entry.value;
}

/** Where a line belongs and what its change would cost. */
export type ChangePlace = Pick<FieldChange, 'group' | 'field' | 'impact'>;

/** One line from a value before and after; null is "not there". What stays costs nothing. */
export function compared(
  place: ChangePlace,
  current: string | null,
  next: string | null,
): FieldChange {
  const change = changeOf(current, next);
  const impact = change === 'same' ? 'none' : place.impact;
  return { ...place, current, next, change, impact, secret: false };
}

function changeOf(current: string | null, next: string | null): ChangeKind {
  if (current === next) return 'same';
  if (current === null) return 'new';
  return next === null ? 'removed' : 'changed';
}

/** Equal only for the same value or the same reference; never leaves this file. */
function identity(entry: EnvEntry | undefined): string | null {
  if (entry === undefined) return null;
  return 'secret' in entry ? `secret ${entry.secret} ${entry.version}` : `value ${entry.value}`;
}

function compareEnv(
  name: string,
  before: EnvEntry | undefined,
  after: EnvEntry | undefined,
): FieldChange {
  const change = changeOf(identity(before), identity(after));
  const secret = [before, after].some((entry) => entry !== undefined && isSecretEntry(entry));
  const next = after === undefined ? null : shownValue(after);
  return {
    group: secret ? 'secrets' : 'environment',
    field: name,
    current: before === undefined ? null : shownValue(before),
    next: secret && change === 'changed' && next !== null ? `${next} (changed)` : next,
    change,
    impact: change === 'same' ? 'none' : 'revision',
    secret,
  };
}

function diffEnv(current: RevisionTemplate | null, next: RevisionTemplate): FieldChange[] {
  const names = new Set([...(current?.env ?? []), ...next.env].map((entry) => entry.name));
  const find = (template: RevisionTemplate | null, name: string): EnvEntry | undefined =>
    template?.env.find((entry) => entry.name === name);
  return [...names].sort().map((name) => compareEnv(name, find(current, name), find(next, name)));
}

type Shown = (template: RevisionTemplate) => string;

/** Fields of a template but image and environment: each of them costs a new revision. */
const FIELDS: readonly (readonly [ChangeGroup, string, Shown])[] = [
  ['resources', 'CPU', (t) => String(t.cpu)],
  ['resources', 'Memory', (t) => `${String(t.memoryMib)} MiB`],
  ['scaling', 'Min instances', (t) => String(t.minInstances)],
  ['scaling', 'Max instances', (t) => String(t.maxInstances)],
  ['requests', 'Concurrency', (t) => String(t.concurrency)],
  ['requests', 'Timeout', (t) => `${String(t.timeoutSeconds)} s`],
  ['requests', 'Port', (t) => String(t.port)],
  ['probes', 'Start-up probe', (t) => `GET ${withoutQuery(t.startupProbe.path)}`],
  ['probes', 'Start-up patience', (t) => patienceOf(t.startupProbe)],
];

/** A query may carry a token; the path says enough. */
function withoutQuery(path: string): string {
  const at = path.indexOf('?');
  return at < 0 ? path : `${path.slice(0, at)}?…`;
}

function patienceOf(probe: RevisionTemplate['startupProbe']): string {
  const { failureThreshold, periodSeconds, timeoutSeconds } = probe;
  return `${String(failureThreshold)} tries, every ${String(periodSeconds)} s, ${String(timeoutSeconds)} s each`;
}

/** Compares two templates field by field; `current` is null for a service that doesn't exist yet. */
export function diffTemplates(
  current: RevisionTemplate | null,
  next: RevisionTemplate,
): readonly FieldChange[] {
  const before = (of: Shown): string | null => (current === null ? null : of(current));
  const image: Shown = (template) => shortDigest(template.image);
  return [
    compared({ group: 'image', field: 'Image', impact: 'rebuild' }, before(image), image(next)),
    ...diffEnv(current, next),
    ...FIELDS.map(([group, field, of]) =>
      compared({ group, field, impact: 'revision' }, before(of), of(next)),
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
