import { isSecretEntry } from '../../../shared/domain/diff.ts';
import type {
  EnvEntry,
  Ingress,
  RevisionTemplate,
  ServiceScaling,
  ServiceSettings,
} from '../../../shared/domain/revision.ts';
import { AUTOMATIC_SCALING } from '../../../shared/domain/revision.ts';
import type { TrafficShare } from '../../../shared/domain/traffic.ts';
import { gcloudList, shellCommand, shellQuoted } from './shell-words.ts';

/** Where a command is meant for; null for a target that has no project, such as this machine. */
export interface GcloudScope {
  readonly project: string | null;
  readonly region: string | null;
}

/** What a deploy changes, as far as a command can say it. */
export interface GcloudDeploy {
  readonly service: string;
  readonly current: RevisionTemplate | null;
  readonly next: RevisionTemplate;
  /** Folder that is built, or null when the image stays. */
  readonly source: string | null;
  readonly settings: {
    readonly current: ServiceSettings | null;
    readonly next: Partial<ServiceSettings>;
  };
  /** `none`: the new revision gets no traffic. `latest`: all of it, also where it was pinned. */
  readonly traffic: 'none' | 'latest' | 'as-set';
}

/** The same deploy for a shell. Secret-looking literals become a placeholder, never a value. */
export function gcloudDeploy(change: GcloudDeploy, scope: GcloudScope): string {
  const { service, source, next } = change;
  const deploy = shellCommand([
    `gcloud run deploy ${shellQuoted(service)}`,
    ...scopeFlags(scope),
    source === null ? `--image ${shellQuoted(next.image)}` : `--source ${shellQuoted(source)}`,
    ...templateFlags(change.current, next),
    ...envFlags(change.current?.env ?? [], next.env),
    ...settingsFlags(change.settings.current, change.settings.next),
    ...(change.traffic === 'none' ? ['--no-traffic'] : []),
  ]);
  return change.traffic === 'latest' ? `${deploy} &&\n${gcloudToLatest(service, scope)}` : deploy;
}

/** Traffic to named revisions, with the tags that change. */
export function gcloudTraffic(
  change: {
    readonly service: string;
    readonly current: readonly TrafficShare[];
    readonly next: readonly TrafficShare[];
  },
  scope: GcloudScope,
): string {
  const shares = change.next.filter(({ percent }) => percent > 0);
  const tagsOf = (of: readonly TrafficShare[]): ReadonlyMap<string, string> =>
    new Map(of.flatMap(({ tag, revision }) => (tag === null ? [] : [[tag, revision] as const])));
  const [before, after] = [tagsOf(change.current), tagsOf(change.next)];
  const set = [...after].filter(([tag, revision]) => before.get(tag) !== revision);
  const gone = [...before.keys()].filter((tag) => !after.has(tag));
  return shellCommand([
    `gcloud run services update-traffic ${shellQuoted(change.service)}`,
    ...scopeFlags(scope),
    ...listFlag(
      '--to-revisions',
      shares.map(({ revision, percent }) => `${revision}=${String(percent)}`),
    ),
    ...listFlag(
      '--update-tags',
      set.map(([tag, revision]) => `${tag}=${revision}`),
    ),
    ...listFlag('--remove-tags', gone),
  ]);
}

/** Lets a service follow its latest ready revision again. */
export function gcloudToLatest(service: string, scope: GcloudScope): string {
  return shellCommand([
    `gcloud run services update-traffic ${shellQuoted(service)}`,
    ...scopeFlags(scope),
    '--to-latest',
  ]);
}

function scopeFlags({ project, region }: GcloudScope): readonly string[] {
  return [
    ...(project === null ? [] : [`--project ${shellQuoted(project)}`]),
    ...(region === null ? [] : [`--region ${shellQuoted(region)}`]),
  ];
}

type FlagOf = (template: RevisionTemplate) => string;

const TEMPLATE_FLAGS: readonly FlagOf[] = [
  (t) => `--cpu ${String(t.cpu)}`,
  (t) => `--memory ${String(t.memoryMib)}Mi`,
  (t) => `--min-instances ${String(t.minInstances)}`,
  (t) => `--max-instances ${String(t.maxInstances)}`,
  (t) => `--concurrency ${String(t.concurrency)}`,
  (t) => `--timeout ${String(t.timeoutSeconds)}`,
  (t) => `--port ${String(t.port)}`,
  (t) => `--startup-probe ${gcloudList(probeWords(t))}`,
];

function probeWords({ port, startupProbe: probe }: RevisionTemplate): readonly string[] {
  return [
    `httpGet.path=${probe.path}`,
    `httpGet.port=${String(port)}`,
    `periodSeconds=${String(probe.periodSeconds)}`,
    `timeoutSeconds=${String(probe.timeoutSeconds)}`,
    `failureThreshold=${String(probe.failureThreshold)}`,
  ];
}

/** What differs; everything for a service that doesn't exist. */
function templateFlags(
  current: RevisionTemplate | null,
  next: RevisionTemplate,
): readonly string[] {
  return TEMPLATE_FLAGS.map((flag) => [current && flag(current), flag(next)] as const).flatMap(
    ([before, after]) => (before === after ? [] : [after]),
  );
}

function envFlags(before: readonly EnvEntry[], after: readonly EnvEntry[]): readonly string[] {
  const known = new Map(before.map((entry) => [entry.name, entry]));
  const changed = after.filter((entry) => !sameEntry(known.get(entry.name), entry));
  // One that becomes the other kind goes as what it was: gcloud refuses to change the kind.
  const kept = new Map(after.map((entry) => [entry.name, 'secret' in entry]));
  const gone = before.filter((entry) => kept.get(entry.name) !== 'secret' in entry);
  const names = (entries: readonly EnvEntry[], secret: boolean): readonly string[] =>
    entries.filter((entry) => 'secret' in entry === secret).map(({ name }) => name);
  return [
    ...listFlag('--update-env-vars', changed.flatMap(literalWord)),
    ...listFlag('--update-secrets', changed.flatMap(referenceWord)),
    ...listFlag('--remove-env-vars', names(gone, false)),
    ...listFlag('--remove-secrets', names(gone, true)),
  ];
}

function sameEntry(before: EnvEntry | undefined, after: EnvEntry): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

function literalWord(entry: EnvEntry): readonly string[] {
  if ('secret' in entry) return [];
  return [`${entry.name}=${isSecretEntry(entry) ? 'VALUE' : entry.value}`];
}

function referenceWord(entry: EnvEntry): readonly string[] {
  return 'secret' in entry ? [`${entry.name}=${entry.secret}:${entry.version}`] : [];
}

const INGRESS_FLAGS: Readonly<Record<Ingress, string | null>> = {
  all: 'all',
  internal: 'internal',
  'internal-lb': 'internal-and-cloud-load-balancing',
  // gcloud has no word for it.
  none: null,
};

function settingsFlags(
  current: ServiceSettings | null,
  next: Partial<ServiceSettings>,
): readonly string[] {
  const { ingress, public: open, scaling } = next;
  const ingressFlag =
    ingress === undefined || ingress === current?.ingress ? null : INGRESS_FLAGS[ingress];
  return [
    ...(ingressFlag === null ? [] : [`--ingress ${ingressFlag}`]),
    ...(open === undefined || open === current?.public
      ? []
      : [open ? '--no-invoker-iam-check' : '--invoker-iam-check']),
    ...scalingFlags(current?.scaling, scaling),
  ];
}

/** What differs; a service that doesn't exist scales by load and without limits. */
function scalingFlags(
  current: ServiceScaling = AUTOMATIC_SCALING,
  next: ServiceScaling = current,
): readonly string[] {
  return [
    ...(next.manual === current.manual ? [] : [`--scaling ${String(next.manual ?? 'auto')}`]),
    ...(next.min === current.min ? [] : [`--min ${String(next.min)}`]),
    ...(next.max === current.max ? [] : [`--max ${String(next.max ?? 'default')}`]),
  ];
}

function listFlag(flag: string, entries: readonly string[]): readonly string[] {
  return entries.length === 0 ? [] : [`${flag} ${gcloudList(entries)}`];
}
