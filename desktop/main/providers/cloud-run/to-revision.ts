import type {
  EnvEntry,
  Revision,
  RevisionState,
  RevisionTemplate,
} from '../../../shared/domain/revision.ts';
import type { TrafficShare } from '../../../shared/domain/traffic.ts';
import type { ContainerMessage, RevisionMessage } from './run-messages.ts';
import { containerMessage, shortName } from './run-messages.ts';
import { failureOf } from './to-service.ts';

const MIB_PER_UNIT: Readonly<Record<string, number>> = {
  Ki: 1 / 1024,
  Mi: 1,
  Gi: 1024,
  k: 1000 / 1_048_576,
  M: 1_000_000 / 1_048_576,
  G: 1_000_000_000 / 1_048_576,
};

const NO_CONTAINER = containerMessage.parse({});

/**
 * Cloud Run's Revision -> the console's.
 *
 * @param serving the shares of its service that serve now
 */
export function toRevision(message: RevisionMessage, serving: readonly TrafficShare[]): Revision {
  const name = shortName(message.name);
  const shares = serving.filter((share) => share.revision === name);
  const ready = message.conditions.find((condition) => condition.type === 'Ready');
  return {
    name,
    service: shortName(message.service || message.name.replace(/\/revisions\/.*$/, '')),
    state: stateOf(ready?.state ?? '', shares.length > 0),
    reason: failureOf(ready),
    createdAt: message.createTime,
    trafficPercent: shares.reduce((sum, share) => sum + share.percent, 0),
    tags: shares.flatMap((share) => (share.tag === null ? [] : [share.tag])),
    template: toTemplate(message),
  };
}

/** A revision that is ready but neither gets traffic nor has an address of its own is retired. */
function stateOf(ready: string, served: boolean): RevisionState {
  if (ready === 'CONDITION_FAILED') return 'failed';
  if (ready !== 'CONDITION_SUCCEEDED') return 'starting';
  return served ? 'ready' : 'retired';
}

/** The one that answers requests is the one with a port; its sidecars have none. */
export function servingContainer<T extends { readonly ports?: readonly unknown[] | null }>(
  containers: readonly T[],
): T | undefined {
  return containers.find(({ ports }) => (ports ?? []).length > 0) ?? containers[0];
}

function toTemplate(message: RevisionMessage): RevisionTemplate {
  const container = servingContainer(message.containers) ?? NO_CONTAINER;
  const { limits } = container.resources;
  return {
    image: container.image,
    env: container.env.map(toEnvEntry),
    port: container.ports[0]?.containerPort ?? 8080,
    cpu: toCores(limits['cpu'] ?? '1'),
    memoryMib: toMebibytes(limits['memory'] ?? '512Mi'),
    minInstances: message.scaling.minInstanceCount,
    maxInstances: message.scaling.maxInstanceCount,
    concurrency: message.maxInstanceRequestConcurrency,
    timeoutSeconds: Number.parseFloat(message.timeout),
    startupProbe: toProbe(container.startupProbe),
  };
}

function toEnvEntry(entry: ContainerMessage['env'][number]): EnvEntry {
  const reference = entry.valueSource?.secretKeyRef;
  return reference === undefined
    ? { name: entry.name, value: entry.value }
    : { name: entry.name, secret: shortName(reference.secret), version: reference.version };
}

function toProbe(probe: ContainerMessage['startupProbe']): RevisionTemplate['startupProbe'] {
  return {
    path: probe?.httpGet?.path ?? '/',
    periodSeconds: probe?.periodSeconds ?? 10,
    timeoutSeconds: probe?.timeoutSeconds ?? 1,
    failureThreshold: probe?.failureThreshold ?? 3,
  };
}

/** `2`, `0.5` or `500m` -> cores. */
function toCores(quantity: string): number {
  return quantity.endsWith('m') ? Number.parseFloat(quantity) / 1000 : Number.parseFloat(quantity);
}

/** `512Mi`, `1Gi`, `1G` or bytes -> MiB. */
function toMebibytes(quantity: string): number {
  const [, number = '', unit = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  const perUnit = unit === '' ? 1 / 1_048_576 : (MIB_PER_UNIT[unit] ?? NaN);
  return Number.parseFloat(number) * perUnit;
}
