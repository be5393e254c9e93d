import { invalidArgument } from './api-error.ts';
import { cpuMillis, memoryBytes } from './quantities.ts';
import type { Container, EnvVar, Probe, Template } from './resources.ts';

const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const RESERVED_ENV = new Set(['PORT', 'K_SERVICE', 'K_REVISION', 'K_CONFIGURATION']);
const MAX_ENV = 1000;
const PORT_NAMES = new Set(['', 'http1', 'h2c']);
type MemoryRange = readonly [least: number, most: number];

/** MiB that go with the CPUs that are sold whole (in thousandths) and with parts of one. */
const MEMORY_OF_CPU: Readonly<Record<number, MemoryRange>> = {
  1000: [128, 4096],
  2000: [128, 8192],
  4000: [2048, 16_384],
  6000: [4096, 24_576],
  8000: [4096, 32_768],
};
const MEMORY_OF_FRACTION: MemoryRange = [128, 2048];
const SMALLEST_CPU = 80;
const MIB = 1024 ** 2;
const FIELD = 'template.containers[0]';

/** Refuses a container that can't run, naming the field. */
export function validateContainer(container: Container, template: Template): void {
  if (!container.image) throw invalidArgument(`${FIELD}.image`, 'is required.');
  validateEnvironment(container.env ?? []);
  validatePorts(container);
  validateResources(container, template);
  validateMounts(container, template);
  validateProbe('startup_probe', container.startupProbe);
  validateProbe('liveness_probe', container.livenessProbe);
}

function validateEnvironment(env: readonly EnvVar[]): void {
  if (env.length > MAX_ENV)
    throw invalidArgument(`${FIELD}.env`, `at most ${MAX_ENV} variables are allowed.`);
  const seen = new Set<string>();
  for (const variable of env) {
    validateEnv(variable);
    if (seen.has(variable.name))
      throw invalidArgument(`${FIELD}.env`, `'${variable.name}' is set twice.`);
    seen.add(variable.name);
  }
}

function validateEnv({ name, valueSource }: EnvVar): void {
  const field = `${FIELD}.env`;
  if (!ENV_NAME.test(name)) throw invalidArgument(field, `'${name}' is not a variable name.`);
  if (RESERVED_ENV.has(name)) throw invalidArgument(field, `'${name}' is reserved.`);
  if (valueSource !== undefined && !valueSource.secretKeyRef?.secret)
    throw invalidArgument(field, `'${name}': value_source.secret_key_ref.secret is required.`);
}

function validatePorts({ ports = [] }: Container): void {
  if (ports.length > 1) throw invalidArgument(`${FIELD}.ports`, 'at most one port is allowed.');
  const { name = '', containerPort = 0 } = ports[0] ?? {};
  if (!PORT_NAMES.has(name))
    throw invalidArgument(`${FIELD}.ports[0].name`, "must be 'http1' or 'h2c'.");
  if (containerPort < 0 || containerPort > 65_535)
    throw invalidArgument(`${FIELD}.ports[0].container_port`, 'must be from 1 to 65535.');
}

function validateResources({ resources }: Container, template: Template): void {
  const { cpu, memory } = resources?.limits ?? {};
  const field = `${FIELD}.resources.limits`;
  const millis = cpuMillis(cpu);
  const fraction = millis >= SMALLEST_CPU && millis < 1000;
  const allowed = fraction ? MEMORY_OF_FRACTION : MEMORY_OF_CPU[millis];
  if (allowed === undefined)
    throw invalidArgument(`${field}.cpu`, 'must be 1, 2, 4, 6, 8, or a part of one from 0.08.');
  if (fraction && (template.maxInstanceRequestConcurrency ?? 0) > 1)
    throw invalidArgument(`${field}.cpu`, 'less than one needs a concurrency of 1.');
  if (memory !== undefined) validateMemory(memory, allowed);
}

function validateMemory(memory: string, [least, most]: MemoryRange): void {
  const mib = memoryBytes(memory) / MIB;
  if (mib >= least && mib <= most) return;
  throw invalidArgument(
    `${FIELD}.resources.limits.memory`,
    `'${memory}' is not from ${least}Mi to ${most}Mi, which this CPU allows.`,
  );
}

function validateMounts({ volumeMounts = [] }: Container, { volumes = [] }: Template): void {
  const known = new Set(volumes.map(({ name }) => name));
  const missing = volumeMounts.find(({ name }) => !known.has(name));
  if (missing !== undefined)
    throw invalidArgument(
      `${FIELD}.volume_mounts`,
      `there is no volume '${missing.name ?? ''}' in template.volumes.`,
    );
}

function validateProbe(which: string, probe: Probe | undefined): void {
  if (probe === undefined) return;
  const field = `${FIELD}.${which}`;
  const { periodSeconds: period = 0, timeoutSeconds: timeout = 0 } = probe;
  if (probe.grpc) throw invalidArgument(`${field}.grpc`, 'gRPC probes are not supported here.');
  if (timeout > (period || 10))
    throw invalidArgument(`${field}.timeout_seconds`, 'must not exceed period_seconds.');
  const most = which === 'startup_probe' ? 240 : 3600;
  if (Math.max(probe.initialDelaySeconds ?? 0, period) > most)
    throw invalidArgument(field, `initial_delay_seconds and period_seconds are at most ${most}.`);
}
