import { invalidArgument } from './api-error.ts';
import type { Container, EnvVar, Probe, ServiceSpec, Template } from './resources.ts';
import { validateTraffic } from './traffic.ts';

const SERVICE_ID = /^[a-z](?:[a-z0-9-]{0,47}[a-z0-9])?$/;
const REVISION_ID = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const SYSTEM_NAMESPACES =
  /^(?:[^/]*\.)?(?:run\.googleapis\.com|cloud\.googleapis\.com|serving\.knative\.dev|autoscaling\.knative\.dev)\//;
const RESERVED_ENV = new Set(['PORT', 'K_SERVICE', 'K_REVISION', 'K_CONFIGURATION']);
const MAX_TIMEOUT_S = 3600;

/** Service ids as Cloud Run takes them: a letter first, lower case, under 50 characters. */
export function validateServiceId(id: string): void {
  if (!SERVICE_ID.test(id))
    throw invalidArgument(
      'service_id',
      'must start with a letter, hold only lower case letters, digits and hyphens, not end with a hyphen, and be shorter than 50 characters.',
    );
}

/** Refuses what can't be deployed, naming the field. Pure: nothing outside is looked at. */
export function validateSpec(id: string, spec: ServiceSpec): void {
  if (spec.template === undefined) throw invalidArgument('template', 'is required.');
  validateMap('labels', spec.labels);
  validateMap('annotations', spec.annotations);
  validateTemplate(id, spec.template);
  validateTraffic(spec.traffic);
}

function validateMap(field: string, map: Readonly<Record<string, string>> | undefined): void {
  for (const key of Object.keys(map ?? {}))
    if (SYSTEM_NAMESPACES.test(key))
      throw invalidArgument(field, `the key '${key}' lies in a reserved namespace.`);
}

function validateTemplate(id: string, template: Template): void {
  validateMap('template.labels', template.labels);
  validateRevisionId(id, template.revision);
  validateScaling(template);
  validateConcurrency(template);
  const seconds = Number(template.timeout?.seconds ?? 0);
  if (seconds < 0 || seconds > MAX_TIMEOUT_S)
    throw invalidArgument('template.timeout', `must be between 0 and ${MAX_TIMEOUT_S} seconds.`);
  const containers = template.containers ?? [];
  const [container] = containers;
  if (container === undefined || containers.length !== 1)
    throw invalidArgument('template.containers', 'exactly one container is supported here.');
  validateContainer(container);
}

function validateRevisionId(service: string, revision: string | undefined): void {
  if (!revision) return;
  if (!REVISION_ID.test(revision) || !revision.startsWith(`${service}-`))
    throw invalidArgument(
      'template.revision',
      `must start with '${service}-' and be a valid name.`,
    );
}

function validateScaling(template: Template): void {
  const min = template.scaling?.minInstanceCount ?? 0;
  const max = template.scaling?.maxInstanceCount ?? 0;
  if (min < 0 || max < 0)
    throw invalidArgument('template.scaling', 'instance counts must not be negative.');
  if (max > 0 && min > max)
    throw invalidArgument(
      'template.scaling.min_instance_count',
      'must not exceed max_instance_count.',
    );
}

function validateConcurrency(template: Template): void {
  const concurrency = template.maxInstanceRequestConcurrency ?? 0;
  if (concurrency < 0 || concurrency > 1000)
    throw invalidArgument('template.max_instance_request_concurrency', 'must be 1 to 1000.');
}

function validateContainer(container: Container): void {
  if (!container.image) throw invalidArgument('template.containers[0].image', 'is required.');
  const seen = new Set<string>();
  for (const variable of container.env ?? []) {
    validateEnv(variable);
    if (seen.has(variable.name))
      throw invalidArgument('template.containers[0].env', `'${variable.name}' is set twice.`);
    seen.add(variable.name);
  }
  validateProbe('startup_probe', container.startupProbe);
  validateProbe('liveness_probe', container.livenessProbe);
}

function validateEnv({ name, valueSource }: EnvVar): void {
  const field = 'template.containers[0].env';
  if (!ENV_NAME.test(name)) throw invalidArgument(field, `'${name}' is not a variable name.`);
  if (RESERVED_ENV.has(name)) throw invalidArgument(field, `'${name}' is reserved.`);
  if (valueSource !== undefined && !valueSource.secretKeyRef?.secret)
    throw invalidArgument(field, `'${name}': value_source.secret_key_ref.secret is required.`);
}

function validateProbe(which: string, probe: Probe | undefined): void {
  if (probe === undefined) return;
  const field = `template.containers[0].${which}`;
  const { periodSeconds: period = 0, timeoutSeconds: timeout = 0 } = probe;
  if (probe.grpc) throw invalidArgument(`${field}.grpc`, 'gRPC probes are not supported here.');
  if (timeout > (period || 10))
    throw invalidArgument(`${field}.timeout_seconds`, 'must not exceed period_seconds.');
  const longest = Math.max(probe.initialDelaySeconds ?? 0, period);
  if (which === 'startup_probe' && longest > 240)
    throw invalidArgument(field, 'initial_delay_seconds and period_seconds are at most 240.');
}
