import { invalidArgument } from './api-error.ts';
import type { Scaling, ServiceSpec, Template } from './resources.ts';
import { validateTraffic } from './traffic.ts';
import { validateContainer } from './validate-container.ts';

const SERVICE_ID = /^[a-z](?:[a-z0-9-]{0,47}[a-z0-9])?$/;
const REVISION_ID = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const SYSTEM_NAMESPACES =
  /^(?:[^/]*\.)?(?:run\.googleapis\.com|cloud\.googleapis\.com|serving\.knative\.dev|autoscaling\.knative\.dev)\//;
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
  validateServiceScaling(spec.scaling);
}

function validateMap(field: string, map: Readonly<Record<string, string>> | undefined): void {
  for (const key of Object.keys(map ?? {}))
    if (SYSTEM_NAMESPACES.test(key))
      throw invalidArgument(field, `the key '${key}' lies in a reserved namespace.`);
}

function validateTemplate(id: string, template: Template): void {
  validateMap('template.labels', template.labels);
  validateMap('template.annotations', template.annotations);
  validateRevisionId(id, template.revision);
  validateCounts('template.scaling', template.scaling);
  validateConcurrency(template);
  const seconds = Number(template.timeout?.seconds ?? 0);
  if (seconds < 0 || seconds > MAX_TIMEOUT_S)
    throw invalidArgument('template.timeout', `must be between 0 and ${MAX_TIMEOUT_S} seconds.`);
  const containers = template.containers ?? [];
  const [container] = containers;
  if (container === undefined || containers.length !== 1)
    throw invalidArgument('template.containers', 'exactly one container is supported here.');
  validateContainer(container, template);
}

function validateRevisionId(service: string, revision: string | undefined): void {
  if (!revision) return;
  if (!REVISION_ID.test(revision) || !revision.startsWith(`${service}-`))
    throw invalidArgument(
      'template.revision',
      `must start with '${service}-' and be a valid name.`,
    );
}

function validateCounts(field: string, scaling: Scaling | undefined): void {
  const min = scaling?.minInstanceCount ?? 0;
  const max = scaling?.maxInstanceCount ?? 0;
  if (min < 0 || max < 0) throw invalidArgument(field, 'instance counts must not be negative.');
  if (max > 0 && min > max)
    throw invalidArgument(`${field}.min_instance_count`, 'must not exceed max_instance_count.');
}

function validateServiceScaling(scaling: Scaling | undefined): void {
  validateCounts('scaling', scaling);
  const manual = scaling?.manualInstanceCount;
  if (manual !== undefined && manual < 0)
    throw invalidArgument('scaling.manual_instance_count', 'must not be negative.');
  const isManual = scaling?.scalingMode === 'MANUAL';
  if (isManual && manual === undefined)
    throw invalidArgument('scaling.manual_instance_count', 'is required in MANUAL mode.');
  if (!isManual && manual !== undefined && manual > 0)
    throw invalidArgument('scaling.manual_instance_count', 'is only allowed in MANUAL mode.');
}

function validateConcurrency(template: Template): void {
  const concurrency = template.maxInstanceRequestConcurrency ?? 0;
  if (concurrency < 0 || concurrency > 1000)
    throw invalidArgument('template.max_instance_request_concurrency', 'must be 1 to 1000.');
}
