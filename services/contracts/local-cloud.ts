import { z } from 'zod';

/**
 * What services/local-cloud promises beside the Cloud Run API: how to find it, which instances run,
 * and their logs. Everything listens on 127.0.0.1 and asks for the per-run token.
 */

/** Project and location that the local cloud serves; any other gets NOT_FOUND. */
export const LOCAL_PROJECT = 'local';
export const LOCAL_LOCATION = 'local';

/** File in the state folder (mode 0600, written atomically once ready, removed at exit). */
export const CONNECTION_FILE = 'local-cloud.json';

export const localCloudConnection = z.object({
  pid: z.number().int().positive(),
  /** Field 22 of /proc/PID/stat where it exists, so that a reused pid is noticed. */
  processStartTime: z.string().nullable(),
  grpcPort: z.number().int().positive(),
  httpPort: z.number().int().positive(),
  /** Bearer token for gRPC metadata `authorization` and for the HTTP endpoints. */
  token: z.string().min(32),
  version: z.string(),
  startedAt: z.iso.datetime(),
});
export type LocalCloudConnection = z.infer<typeof localCloudConnection>;

/**
 * `GET /v1/targets` (HTTP port): one entry per running instance, in the shape of Prometheus' HTTP
 * service discovery.
 */
export const scrapeTargets = z.array(
  z.object({
    /** `127.0.0.1:PORT` of the instance itself, not of the router. */
    targets: z.array(z.string()),
    labels: z.object({
      service: z.string(),
      revision: z.string(),
      instance: z.string(),
      /** `starting` | `ready` | `draining` */
      state: z.string(),
    }),
  }),
);
export type ScrapeTargets = z.infer<typeof scrapeTargets>;

/**
 * `GET /v1/logs?service=&revision=&limit=` : the newest, newest last. With `after=SEQ` the oldest
 * behind that line, which is how a log is followed. A build's lines have the revision `build-ID`.
 */
export const logLines = z.array(
  z.object({
    at: z.iso.datetime(),
    service: z.string(),
    revision: z.string(),
    instance: z.string(),
    stream: z.enum(['stdout', 'stderr', 'system']),
    line: z.string(),
    /** Rises over all lines of a run of local-cloud. */
    seq: z.number().int().nonnegative(),
    /** Of a line that is JSON, as Cloud Logging reads it: its `severity`, and the whole object. */
    severity: z.string().optional(),
    payload: z.record(z.string(), z.unknown()).optional(),
  }),
);
export type LogLines = z.infer<typeof logLines>;

/** `GET /v1/differences`: where the local cloud is not Cloud Run. */
export const localDifferences = z.array(
  z.object({
    topic: z.string(),
    here: z.string(),
    there: z.string(),
    /** Test under services/local-cloud/src that shows it; null when nothing does. */
    test: z.string().nullable(),
  }),
);
export type LocalDifferences = z.infer<typeof localDifferences>;

/** Folder (mode 0700) in the state folder with one file per secret (mode 0600, the bare value). */
export const SECRETS_FOLDER = 'secrets';

/**
 * Secrets that the local cloud makes when they are missing. A revision asks for them by
 * `env[].value_source.secret_key_ref{secret, version: "latest"}`.
 */
export const LOCAL_SECRETS = {
  /** Bearer token of the gateway's admin API. */
  gatewayAdminToken: 'gateway-admin-token',
  /** `KEY_PEPPERS` of the gateway, `1:<base64>`. */
  keyPeppers: 'key-peppers',
  /** `API_KEYS` of the gateway: the one static key that the console's sample traffic uses. */
  sampleTrafficKey: 'sample-traffic-key',
  /** HMAC secret of the principal header between gateway and backend. */
  principalSecret: 'principal-secret',
} as const;

/**
 * Environment that every instance gets beside its own: PORT, K_SERVICE, K_REVISION,
 * K_CONFIGURATION as on Cloud Run, HOST=127.0.0.1, and DATABASE_URL (a database per service).
 */
export const DATABASE_ENV = 'DATABASE_URL';

/** Source bucket of local builds: `storage_source.object` is a service folder name (`gateway`). */
export const LOCAL_SOURCE_BUCKET = 'local-workspace';
