import { readConfig } from '@omni/kit/read-config.ts';
import { StartError } from '@omni/kit/start-error.ts';
import { z } from 'zod';
import type { RuleOf } from './inference/traffic-rule.ts';
import { noRule, parseTrafficRules } from './inference/traffic-rule.ts';
import type { ShadowOf } from './inference/shadow.ts';
import { noShadow, parseShadows } from './inference/shadow.ts';
import type { PolicyOf } from './inference/version-policy.ts';
import { newestOnly, parseVersionPolicies } from './inference/version-policy.ts';
import { chooseLanes, readAllowance } from './inference/choose-lanes.ts';

const wholeNumber = (min: number, max: number, fallback: number): z.ZodType<number> =>
  z.coerce.number().int().min(min).max(max).default(fallback);

/** The environment, one line a variable; the README's table says what each does. */
const environment = z.object({
  PORT: wholeNumber(0, 65_535, 8080).meta({ example: '8080' }),
  HOST: z.string().optional().meta({ example: '127.0.0.1' }),
  DATABASE_URL: z.string().startsWith('postgres').optional().meta({
    example: 'postgresql://user@127.0.0.1:5432/omni',
    secret: true,
  }),
  REDIS_URL: z.string().startsWith('redis').optional().meta({
    example: 'redis://127.0.0.1:6379',
    secret: true,
  }),
  RUN_AS_INTERNAL: z.enum(['0', '1']).default('0').meta({ example: '1' }),
  PRINCIPAL_SECRET: z.string().min(16).optional().meta({ secret: true }),
  PRINCIPAL_SECRET_PREVIOUS: z.string().min(16).optional().meta({ secret: true }),
  MODELS_DIR: z.string().optional().meta({ example: '/srv/models' }),
  LANES: z.coerce.number().int().min(1).max(64).optional().meta({ example: '2' }),
  CACHE_MB: wholeNumber(0, 65_536, 64).meta({ example: '64' }),
  MODEL_VERSIONS: z
    .string()
    .refine((text) => parseVersionPolicies(text) !== undefined, 'is no version policy')
    .default('latest:1')
    .meta({ example: 'latest:1; iris=all; add=specific:1,3' }),
  MODEL_TRAFFIC: z
    .string()
    .refine(
      (text) => parseTrafficRules(text) !== undefined,
      'is no rule whose shares add up to 100',
    )
    .default('')
    .meta({ example: 'minilm=1:90,2:10' }),
  MODEL_SHADOW: z
    .string()
    .refine((text) => parseShadows(text) !== undefined, 'names no versions of models')
    .default('')
    .meta({ example: 'minilm=2' }),
  MODEL_ADMIN_KEYS: z.string().default('').meta({ example: 'key_ab12,key_cd34' }),
  MAX_QUEUE_TOKENS: wholeNumber(256, 10_000_000, 65_536).meta({ example: '65536' }),
  MAX_QUEUE_ITEMS: wholeNumber(1, 1_000_000, 4_096).meta({ example: '4096' }),
  MODEL_LOAD_TIMEOUT_MS: wholeNumber(1_000, 3_600_000, 300_000).meta({ example: '300000' }),
  LANE_TIMEOUT_MS: wholeNumber(500, 600_000, 10_000).meta({ example: '10000' }),
  RATE_LIMIT_PER_MINUTE: wholeNumber(0, 10_000_000, 6_000).meta({ example: '6000' }),
  FAULT_ERROR_PERCENT: wholeNumber(0, 100, 0).meta({ example: '0' }),
  LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR']).default('INFO').meta({
    example: 'INFO',
  }),
  K_SERVICE: z.string().optional().meta({ example: 'ml-backend' }),
  K_REVISION: z.string().default('local').meta({ example: 'ml-backend-00001-abc' }),
});

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly internal: boolean;
  /** Secrets that verify the principal header: the current one and, during a rotation, the last. */
  readonly principalSecrets: readonly string[];
  readonly modelsDir: string | undefined;
  readonly policyOf: PolicyOf;
  readonly ruleOf: RuleOf;
  readonly shadowOf: ShadowOf;
  /** Ids of the gateway's keys that may load and unload models in internal mode. */
  readonly modelAdminKeys: readonly string[];
  /** Lanes per model. */
  readonly lanes: number;
  /** Memory of the result cache; 0 switches the cache off. */
  readonly cacheMb: number;
  readonly queue: { readonly maxTokens: number; readonly maxItems: number };
  readonly timeouts: { readonly loadMs: number; readonly dispatchMs: number };
  readonly rateLimitPerMinute: number;
  /** Share of requests that fail on purpose; 0 except in a rehearsal. */
  readonly faultErrorPercent: number;
  readonly logLevel: z.infer<typeof environment>['LOG_LEVEL'];
  readonly onCloudRun: boolean;
  readonly revision: string;
}

type Environment = Readonly<z.infer<typeof environment>>;

/** Reads the environment once; throws a StartError that names every wrong variable. */
export function readBackendConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const read = readConfig(environment, env);
  const internal = read.RUN_AS_INTERNAL === '1';
  const principalSecrets = [read.PRINCIPAL_SECRET, read.PRINCIPAL_SECRET_PREVIOUS].filter(
    (secret) => secret !== undefined,
  );
  if (internal && principalSecrets.length === 0) {
    throw new StartError(
      'PRINCIPAL_SECRET_MISSING',
      'RUN_AS_INTERNAL=1 needs PRINCIPAL_SECRET: without it every caller would be refused',
      'Give the backend and the gateway the same PRINCIPAL_SECRET, or unset RUN_AS_INTERNAL.',
    );
  }
  return Object.freeze({ ...plainFields(read), internal, principalSecrets });
}

function plainFields(read: Environment): Omit<Config, 'internal' | 'principalSecrets'> {
  const onCloudRun = read.K_SERVICE !== undefined;
  return {
    port: read.PORT,
    // In a container the platform must reach us; anywhere else nobody but this machine may.
    host: read.HOST ?? (onCloudRun ? '0.0.0.0' : '127.0.0.1'),
    databaseUrl: read.DATABASE_URL,
    redisUrl: read.REDIS_URL,
    modelsDir: read.MODELS_DIR,
    policyOf: parseVersionPolicies(read.MODEL_VERSIONS) ?? newestOnly,
    shadowOf: parseShadows(read.MODEL_SHADOW) ?? noShadow,
    ruleOf: parseTrafficRules(read.MODEL_TRAFFIC) ?? noRule,
    modelAdminKeys: read.MODEL_ADMIN_KEYS.split(',').filter((id) => id !== ''),
    lanes: read.LANES ?? chooseLanes(readAllowance()),
    cacheMb: read.CACHE_MB,
    queue: { maxTokens: read.MAX_QUEUE_TOKENS, maxItems: read.MAX_QUEUE_ITEMS },
    timeouts: { loadMs: read.MODEL_LOAD_TIMEOUT_MS, dispatchMs: read.LANE_TIMEOUT_MS },
    rateLimitPerMinute: read.RATE_LIMIT_PER_MINUTE,
    faultErrorPercent: read.FAULT_ERROR_PERCENT,
    logLevel: read.LOG_LEVEL,
    onCloudRun,
    revision: read.K_REVISION,
  };
}
