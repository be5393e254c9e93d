import type { Container, Probe, Template } from './resources.ts';
import { durationMs } from './timestamps.ts';

const DEFAULT_TIMEOUT_S = 300;
const DEFAULT_CONCURRENCY = 80;
const DEFAULT_MAX_INSTANCES = 100;
/** Cloud Run's default start-up probe: TCP, one try of four minutes. */
const DEFAULT_STARTUP_S = 240;
/** One machine is not a region: without a limit of its own a revision gets this many processes. */
const LOCAL_MAX_INSTANCES = 4;

/** Fills in what the real service fills in, so that a read shows what applies. */
export function withDefaults(template: Template): Template {
  const [container] = template.containers ?? [];
  return {
    ...template,
    scaling: {
      ...template.scaling,
      maxInstanceCount: template.scaling?.maxInstanceCount || DEFAULT_MAX_INSTANCES,
    },
    timeout: template.timeout ?? { seconds: String(DEFAULT_TIMEOUT_S), nanos: 0 },
    maxInstanceRequestConcurrency: template.maxInstanceRequestConcurrency || DEFAULT_CONCURRENCY,
    containers: container === undefined ? [] : [withContainerDefaults(container)],
  };
}

function withContainerDefaults(container: Container): Container {
  const ports = container.ports?.length
    ? container.ports
    : [{ name: 'http1', containerPort: 8080 }];
  return { ...container, ports };
}

export interface RuntimeLimits {
  readonly concurrency: number;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly requestTimeoutMs: number;
  /** Clients come back to the instance that answered them before. */
  readonly sessionAffinity: boolean;
}

/** The numbers that the supervisor and the router act on. */
export function runtimeLimits(template: Template): RuntimeLimits {
  const max = template.scaling?.maxInstanceCount ?? 0;
  const min = template.scaling?.minInstanceCount ?? 0;
  const limit = max > 0 && max < DEFAULT_MAX_INSTANCES ? max : LOCAL_MAX_INSTANCES;
  return {
    concurrency: template.maxInstanceRequestConcurrency || DEFAULT_CONCURRENCY,
    minInstances: Math.min(min, Math.max(limit, min)),
    maxInstances: Math.max(limit, min),
    requestTimeoutMs: durationMs(template.timeout, DEFAULT_TIMEOUT_S * 1000),
    sessionAffinity: template['sessionAffinity'] === true,
  };
}

export interface ProbePlan {
  readonly kind: 'http' | 'tcp';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly initialDelayMs: number;
  readonly periodMs: number;
  readonly timeoutMs: number;
  readonly failureThreshold: number;
}

/** The start-up probe of a template; without one it is TCP on the port for four minutes. */
export function startupProbe(template: Template): ProbePlan {
  const probe = template.containers?.[0]?.startupProbe;
  if (probe === undefined)
    return toProbePlan({ periodSeconds: DEFAULT_STARTUP_S, failureThreshold: 1 });
  return toProbePlan(probe);
}

/** The liveness probe, when the template has one. */
export function livenessProbe(template: Template): ProbePlan | null {
  const probe = template.containers?.[0]?.livenessProbe;
  return probe === undefined ? null : toProbePlan(probe);
}

function toProbePlan(probe: Probe): ProbePlan {
  const headers = (probe.httpGet?.httpHeaders ?? []).map(({ name = '', value = '' }) => [
    name,
    value,
  ]);
  return {
    kind: probe.httpGet ? 'http' : 'tcp',
    path: probe.httpGet?.path || '/',
    headers: Object.fromEntries(headers) as Record<string, string>,
    initialDelayMs: (probe.initialDelaySeconds ?? 0) * 1000,
    periodMs: (probe.periodSeconds || 10) * 1000,
    timeoutMs: (probe.timeoutSeconds || 1) * 1000,
    failureThreshold: probe.failureThreshold || 3,
  };
}
