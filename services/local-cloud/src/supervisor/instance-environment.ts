import { DATABASE_ENV } from '@omni/contracts/local-cloud.ts';
import type { EnvVar, Failure, Template } from '../model/resources.ts';

/** Taken over from local-cloud's own environment; nothing else leaks into an instance. */
const INHERITED = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'SystemRoot'] as const;

/** What identifies an instance. */
export interface InstanceIdentity {
  readonly service: string;
  readonly revision: string;
  readonly instance: string;
  readonly port: number;
  /** Its own scratch folder: HOME and TMPDIR. */
  readonly scratchDir: string;
}

export interface EnvironmentSources {
  readonly own: NodeJS.ProcessEnv;
  /** Null when there is none; throws a RevisionFailure when it may not be read. */
  readonly readSecret: (secret: string, version: string) => string | null;
  readonly databaseUrl: string | null;
}

/** Thrown when a revision can't start for a reason that its condition has to show. */
export class RevisionFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'RevisionFailure';
    this.failure = failure;
  }
}

/** The whole environment of an instance: an allow list, the template's own, the platform's. */
export function instanceEnvironment(
  identity: InstanceIdentity,
  template: Template,
  sources: EnvironmentSources,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = sources.own[name];
    if (value !== undefined) env[name] = value;
  }
  env['HOME'] = identity.scratchDir;
  env['TMPDIR'] = identity.scratchDir;
  if (sources.databaseUrl !== null) env[DATABASE_ENV] = sources.databaseUrl;
  for (const variable of template.containers?.[0]?.env ?? [])
    env[variable.name] = resolveValue(variable, sources.readSecret);
  return {
    ...env,
    PORT: String(identity.port),
    HOST: '127.0.0.1',
    K_SERVICE: identity.service,
    K_REVISION: identity.revision,
    K_CONFIGURATION: identity.service,
    OMNI_INSTANCE_ID: identity.instance,
  };
}

function resolveValue(variable: EnvVar, readSecret: EnvironmentSources['readSecret']): string {
  const { secret, version } = variable.valueSource?.secretKeyRef ?? {};
  if (secret === undefined) return variable.value ?? '';
  const wanted = version || 'latest';
  const value = readSecret(secret, wanted);
  if (value !== null) return value;
  throw new RevisionFailure({
    reason: 'SECRETS_ACCESS_CHECK_FAILED',
    message: `Secret ${secret}${wanted === 'latest' ? '' : `, version ${wanted},`} (environment variable ${variable.name}) was not found.`,
  });
}
