import { isDeepStrictEqual } from 'node:util';
import type { protos } from '@google-cloud/run';
import type { EnvEntry, RevisionTemplate } from '../../../shared/domain/revision.ts';
import { DEPLOY_LABEL, deployLabel } from './deploy-label.ts';
import { normaliseMessage } from './normalise-message.ts';
import { revisionMessage } from './run-messages.ts';
import { servingContainer, toRevision } from './to-revision.ts';

type Template = protos.google.cloud.run.v2.IRevisionTemplate;
type Container = protos.google.cloud.run.v2.IContainer;
/** A revision as get and list give it. */
export type RawRevision = protos.google.cloud.run.v2.IRevision;

/** Fields of a template that the console doesn't know and therefore never drops. */
const KEPT = [
  'annotations',
  'vpcAccess',
  'serviceAccount',
  'volumes',
  'executionEnvironment',
  'encryptionKey',
  'encryptionKeyRevocationAction',
  'encryptionKeyShutdownDuration',
  'serviceMesh',
  'sessionAffinity',
  'nodeSelector',
  'gpuZonalRedundancyDisabled',
] as const satisfies readonly (keyof Template & keyof RawRevision)[];

/** Label and annotation namespaces that the platform writes itself and refuses to be sent (2.1). */
const RESERVED =
  /^(?:run\.googleapis\.com|cloud\.googleapis\.com|serving\.knative\.dev|autoscaling\.knative\.dev|client\.knative\.dev)\//;

interface Base {
  readonly raw: RawRevision;
  /** The same revision as the console sees it. */
  readonly seen: RevisionTemplate;
}

/**
 * A template as the API takes it. With a base, the revision that serves now, only what the console
 * sees differently is written anew: service account, volumes, sidecars, networks and probes of a
 * kind that the console doesn't draw survive every deploy (R15).
 */
export function toTemplateMessage(
  template: RevisionTemplate,
  deployId: string,
  raw: RawRevision | null,
): Template {
  const base = raw === null ? null : { raw, seen: seenBy(raw) };
  return {
    ...keptFields(base),
    labels: { ...ownLabels(raw?.labels), [DEPLOY_LABEL]: deployLabel(deployId) },
    scaling: {
      minInstanceCount: template.minInstances,
      maxInstanceCount: template.maxInstances,
    },
    timeout: { seconds: template.timeoutSeconds },
    maxInstanceRequestConcurrency: template.concurrency,
    containers: containers(template, base),
  };
}

function seenBy(raw: RawRevision): RevisionTemplate {
  return toRevision(revisionMessage.parse(normaliseMessage(raw)), []).template;
}

function keptFields(base: Base | null): Template {
  if (base === null) return {};
  const kept = pick(base.raw);
  return kept.annotations ? { ...kept, annotations: ownLabels(kept.annotations) } : kept;
}

function pick(raw: RawRevision): Pick<Template, (typeof KEPT)[number]> {
  return KEPT.reduce(
    (kept, field) => (isSet(raw[field]) ? { ...kept, [field]: raw[field] } : kept),
    {},
  );
}

/** proto3 can't tell an empty text or list from none. */
function isSet(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '';
}

function ownLabels(labels: Record<string, string> | null | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => !RESERVED.test(name)));
}

/** The container that answers requests, changed; its sidecars as they are. */
function containers(template: RevisionTemplate, base: Base | null): Container[] {
  if (base === null) return [newContainer(template)];
  const all = base.raw.containers ?? [];
  const serving = servingContainer(all);
  if (serving === undefined) return [newContainer(template)];
  return all.map((container) => {
    const { buildInfo: _outputOnly, ...sent } = container;
    return container === serving ? changedContainer(template, base, sent) : sent;
  });
}

function newContainer(template: RevisionTemplate): Container {
  return {
    image: template.image,
    env: template.env.map(toEnvMessage),
    ports: [{ name: 'http1', containerPort: template.port }],
    resources: { limits: limits(template), cpuIdle: true },
    startupProbe: toProbeMessage(template),
  };
}

function changedContainer(
  template: RevisionTemplate,
  { seen }: Base,
  container: Container,
): Container {
  const samePort = seen.port === template.port;
  const sameProbe = samePort && isDeepStrictEqual(seen.startupProbe, template.startupProbe);
  const kept = sameProbe ? container.startupProbe : null;
  return {
    ...container,
    image: template.image,
    env: template.env.map(toEnvMessage),
    ports:
      samePort && container.ports?.length ? container.ports : (newContainer(template).ports ?? []),
    resources: resources(template, container),
    startupProbe: kept ?? toProbeMessage(template),
  };
}

/**
 * `cpuIdle` has to be said: limits without it silently switch to instance-based billing (2.1). A
 * service that is billed that way stays so; an edit doesn't change what is paid for.
 */
function resources(
  template: RevisionTemplate,
  { resources: before }: Container,
): protos.google.cloud.run.v2.IResourceRequirements {
  return {
    ...before,
    limits: { ...before?.limits, ...limits(template) },
    cpuIdle: before?.limits ? (before.cpuIdle ?? false) : true,
  };
}

function limits(template: RevisionTemplate): Record<string, string> {
  return { cpu: String(template.cpu), memory: `${String(template.memoryMib)}Mi` };
}

function toEnvMessage(entry: EnvEntry): protos.google.cloud.run.v2.IEnvVar {
  if ('value' in entry) return { name: entry.name, value: entry.value };
  const { name, secret, version } = entry;
  return { name, valueSource: { secretKeyRef: { secret, version } } };
}

/** Always HTTP: the default TCP probe passes before a model is loaded. */
function toProbeMessage(template: RevisionTemplate): protos.google.cloud.run.v2.IProbe {
  const { path, periodSeconds, timeoutSeconds, failureThreshold } = template.startupProbe;
  return {
    httpGet: { path, port: template.port },
    periodSeconds,
    timeoutSeconds,
    failureThreshold,
  };
}
