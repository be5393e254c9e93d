import { cpuMillis } from './quantities.ts';
import type { Container, Probe, Resources, Template } from './resources.ts';
import { durationMs } from './timestamps.ts';

const DEFAULT_TIMEOUT_S = 300;
const DEFAULT_CONCURRENCY = 80;
const DEFAULT_PORT = 8080;
const DEFAULT_LIMITS = { cpu: '1000m', memory: '512Mi' };
const DEFAULT_MAX_INSTANCES = 100;
/** Cloud Run's default start-up probe: TCP, one try of four minutes. */
const DEFAULT_STARTUP_S = 240;
const DEFAULT_STARTUP_PROBE: Probe = {
  timeoutSeconds: DEFAULT_STARTUP_S,
  periodSeconds: DEFAULT_STARTUP_S,
  failureThreshold: 1,
  tcpSocket: {},
};
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
    maxInstanceRequestConcurrency:
      template.maxInstanceRequestConcurrency || defaultConcurrency(container),
    containers: container === undefined ? [] : [withContainerDefaults(container)],
  };
}

/** Less than one CPU works on one request at a time. */
function defaultConcurrency(container: Container | undefined): number {
  return cpuMillis(container?.resources?.limits?.['cpu']) < 1000 ? 1 : DEFAULT_CONCURRENCY;
}

function withContainerDefaults(container: Container): Container {
  const ports = container.ports?.length
    ? container.ports
    : [{ name: 'http1', containerPort: DEFAULT_PORT }];
  const port = ports[0]?.containerPort ?? DEFAULT_PORT;
  const { livenessProbe } = container;
  return {
    ...container,
    ports,
    resources: withResourceDefaults(container.resources),
    startupProbe: withProbeDefaults(container.startupProbe ?? DEFAULT_STARTUP_PROBE, port),
    ...(livenessProbe ? { livenessProbe: withProbeDefaults(livenessProbe, port) } : {}),
  };
}

/** Without resources CPU is only allotted during requests; with them that has to be asked for. */
function withResourceDefaults(resources: Resources | null | undefined): Resources {
  return {
    ...(resources ?? { cpuIdle: true }),
    limits: { ...DEFAULT_LIMITS, ...resources?.limits },
  };
}

function withProbeDefaults(probe: Probe, port: number): Probe {
  const { httpGet, tcpSocket } = probe;
  return {
    ...probe,
    timeoutSeconds: probe.timeoutSeconds || 1,
    periodSeconds: probe.periodSeconds || 10,
    failureThreshold: probe.failureThreshold || 3,
    ...(httpGet
      ? { httpGet: { ...httpGet, path: httpGet.path || '/', port: httpGet.port || port } }
      : {}),
    ...(tcpSocket ? { tcpSocket: { port: tcpSocket.port || port } } : {}),
  };
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
  return toProbePlan(probe ?? DEFAULT_STARTUP_PROBE);
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
