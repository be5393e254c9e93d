import { readConfig } from '@omni/kit/read-config.ts';
import { StartError } from '@omni/kit/start-error.ts';
import { z } from 'zod';
import { adminVariables } from './admin/admin-config.ts';
import { parsePeppers } from './keys/hash-key.ts';

const count = (fallback: number, min: number, max: number): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce.number().int().min(min).max(max).default(fallback);

/** A part of a whole: 0 for none, 1 for all. */
const part = (fallback: number): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce.number().min(0).max(1).default(fallback);

const SENTRY_DSN = /^https?:\/\/[\w-]+(?::[\w-]+)?@[\w.-]+(?::\d+)?(?:\/[\w.-]+)*\/\d+$/;

/** Commas, spaces and newlines separate: the old stack took commas, secret files have newlines. */
const list = z
  .string()
  .transform((text) => [...new Set(text.split(/[\s,]+/).filter((item) => item !== ''))]);

const httpUrl = z
  .url({ protocol: /^https?$/, error: 'is not an http(s) URL' })
  .refine((text) => !hasExtras(text), 'must not carry credentials, a query or a fragment');

/** Where no autoscaler follows the processor. */
const POLL_ON_ITS_OWN_US = 100;

const schema = z.object({
  PORT: count(8080, 0, 65_535).meta({ example: '8080' }),
  HOST: z.string().optional().meta({ example: '127.0.0.1' }),
  UPSTREAM_URL: httpUrl.meta({ example: 'http://127.0.0.1:8080' }),
  UPSTREAM_AUTH: z
    .enum(['none', 'google-id-token'])
    .default('none')
    .meta({ example: 'google-id-token' }),
  CONFIG_FILE: z.string().optional().meta({ example: '/etc/gateway/routes.json' }),
  GCE_METADATA_HOST: z
    .string()
    .regex(/^[\w.-]+(?::\d+)?$/, 'must be host or host:port')
    .default('metadata.google.internal')
    .meta({ example: 'metadata.google.internal' }),
  MAX_WEBSOCKETS: count(10_000, 0, 1_000_000).meta({ example: '10000' }),
  MAX_WEBSOCKETS_PER_KEY: count(1_000, 0, 1_000_000).meta({ example: '1000' }),
  MAX_CONCURRENT_PER_KEY: count(1_000, 1, 1_000_000).meta({ example: '1000' }),
  UPSTREAM_TIMEOUT_MS: count(60_000, 1, 3_600_000).meta({ example: '60000' }),
  MAX_CONNECTIONS: count(10_000, 1, 1_000_000).meta({ example: '10000' }),
  HEADERS_TIMEOUT_MS: count(30_000, 100, 300_000).meta({ example: '30000' }),
  BUSY_POLL_US: z.coerce.number().int().min(0).max(10_000).optional().meta({ example: '100' }),
  MIN_RECEIVE_RATE: count(500, 0, 100_000_000).meta({ example: '500' }),
  RECEIVE_GRACE_MS: count(20_000, 100, 300_000).meta({ example: '20000' }),
  BODY_LIMIT_BYTES: count(10 * 1024 * 1024, 0, 2 ** 31).meta({ example: '10485760' }),
  KEY_ENVIRONMENTS: list
    .refine((names) => names.every((name) => /^[a-z]{2,8}$/.test(name)), {
      error: 'must be names of 2 to 8 small letters',
    })
    .optional()
    .meta({ example: 'live' }),
  API_KEYS: list.optional().meta({ example: 'key-one,key-two', secret: true }),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'is not a postgres:// URL' })
    .optional()
    .meta({ example: 'postgres://user@127.0.0.1:5432/gateway', secret: true }),
  KEY_PEPPERS: z
    .string()
    .refine((text) => parsePeppers(text) !== null, {
      error: 'must be version:base64 pairs of at least 16 bytes, current one first',
    })
    .optional()
    .meta({ example: '1:<output of: openssl rand -base64 32>', secret: true }),
  KEYSTORE_FAIL_AFTER_MS: count(5_000, 500, 300_000).meta({ example: '5000' }),
  ...adminVariables,
  METRICS_TOKEN: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .meta({ example: '<output of: openssl rand -hex 32>', secret: true }),
  PRINCIPAL_SECRET: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .meta({ example: '<output of: openssl rand -hex 32>', secret: true }),
  TRUSTED_HOPS: z.coerce.number().int().min(0).max(10).optional().meta({ example: '1' }),
  ALLOWED_ORIGINS: list.optional().meta({ example: 'https://app.example.com' }),
  RATE_LIMIT_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .max(6_000_000)
    .optional()
    .meta({ example: '600' }),
  GLOBAL_RATE_LIMIT_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .max(6_000_000)
    .optional()
    .meta({ example: '60000' }),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'is not a redis:// or rediss:// URL' })
    .optional()
    .meta({ example: 'redis://127.0.0.1:6379', secret: true }),
  REDIS_TIMEOUT_MS: count(250, 10, 10_000).meta({ example: '250' }),
  LIMIT_STORE_LOSS: z.enum(['closed', 'open', 'local']).default('local').meta({ example: 'local' }),
  ACCESS_LOG_SAMPLE: part(1).meta({ example: '1' }),
  GOOGLE_CLOUD_PROJECT: z
    .string()
    .regex(/^[a-z][a-z0-9:.-]{0,62}$/, 'is not a project id')
    .optional()
    .meta({ example: 'my-project' }),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional().meta({ example: 'http://127.0.0.1:4318' }),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .optional()
    .meta({ example: 'api-key=secret', secret: true }),
  OTEL_SERVICE_NAME: z.string().optional().meta({ example: 'ai-gateway' }),
  OTEL_TRACES_SAMPLER_ARG: part(1).meta({ example: '0.1' }),
  SENTRY_DSN: z
    .string()
    .regex(SENTRY_DSN, 'is not a DSN of Sentry')
    .optional()
    .meta({ example: 'https://key@o1.ingest.sentry.io/2', secret: true }),
  DRAIN_DELAY_MS: count(0, 0, 60_000).meta({ example: '0' }),
  K_SERVICE: z.string().optional().meta({ example: 'ai-gateway' }),
  K_REVISION: z.string().default('local').meta({ example: 'ai-gateway-00001-abc' }),
  KUBERNETES_SERVICE_HOST: z.string().optional().meta({ example: '10.0.0.1' }),
});

/** The file names the upstreams. */
const withConfigFile = schema.extend({
  UPSTREAM_URL: httpUrl.optional().meta({ example: 'http://127.0.0.1:8080' }),
});

/** What the gateway runs with; frozen. */
export type GatewayConfig = Readonly<z.output<typeof withConfigFile>> & {
  readonly host: string;
  readonly trustedHops: number;
  readonly busyPollUs: number;
};

/** Environment -> frozen configuration, or a `StartError` that tells the operator what to do. */
export function readGatewayConfig(
  env: Readonly<Record<string, string | undefined>>,
): GatewayConfig {
  const hasFile = (env['CONFIG_FILE'] ?? '') !== '';
  const config = hasFile ? readConfig(withConfigFile, env) : readConfig(schema, env);
  if (config.DATABASE_URL !== undefined && config.KEY_PEPPERS === undefined) {
    throw new StartError(
      'KEY_PEPPERS_MISSING',
      'DATABASE_URL is set and KEY_PEPPERS is not: stored keys could not be checked',
      'Set KEY_PEPPERS from Secret Manager, for example 1:<openssl rand -base64 32>, or unset DATABASE_URL.',
    );
  }
  return Object.freeze({ ...config, ...byPlatform(config) });
}

/** What is for the platform to say, unless the operator does. */
function byPlatform(
  config: z.output<typeof withConfigFile>,
): Pick<GatewayConfig, 'host' | 'trustedHops' | 'busyPollUs'> {
  const onCloudRun = config.K_SERVICE !== undefined;
  const isScaled = onCloudRun || config.KUBERNETES_SERVICE_HOST !== undefined;
  return {
    // A container must listen on every address; on a desk nothing listens beyond loopback unasked.
    host: config.HOST ?? (onCloudRun ? '0.0.0.0' : '127.0.0.1'),
    trustedHops: config.TRUSTED_HOPS ?? (onCloudRun ? 1 : 0),
    // An autoscaler that follows the processor would take polling for load (decision 0057).
    busyPollUs: config.BUSY_POLL_US ?? (isScaled ? 0 : POLL_ON_ITS_OWN_US),
  };
}

function hasExtras(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password, search, hash } = new URL(text);
  return `${username}${password}${search}${hash}` !== '';
}

/** Environments of stored keys that are accepted; null for all. */
export function servedEnvironments({
  KEY_ENVIRONMENTS: names,
}: Pick<GatewayConfig, 'KEY_ENVIRONMENTS'>): ReadonlySet<string> | null {
  return names === undefined ? null : new Set(names);
}
