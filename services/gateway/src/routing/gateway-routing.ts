import { StartError } from '@omni/kit/start-error.ts';
import type { GatewayConfig } from '../config.ts';
import { Http1Client } from '../http1/http1-client.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { UPSTREAM_ROUTES } from '../proxy/route-match.ts';
import type { GatewayLogger } from '../request-log.ts';
import { createIdToken } from '../upstreams/id-token.ts';
import { fetchIdToken } from '../upstreams/metadata-server.ts';
import type { UpstreamFactories } from '../upstreams/upstream.ts';
import type { ConfigProblem } from './check-document.ts';
import { readConfigFile, watchConfigFile } from './config-file.ts';
import { ConfigChangeError } from './config-repository.ts';
import type { ConfigRepository } from './config-repository.ts';
import { ConfigStore } from './config-store.ts';
import type { ConfigStoreEvents, ConfigStoreOptions } from './config-store.ts';
import { deriveDocument } from './derive-document.ts';
import { createMemoryConfigRepository } from './memory-config-repository.ts';

/** Notices can be lost with their connection; versions are also looked for this often. */
const CHECK_EVERY_MS = 30_000;

/** The routing configuration of this process and what keeps it current. */
export interface GatewayRouting {
  store: ConfigStore;
  /** Follows the file or the database. */
  start: () => void;
  /** Another instance may have applied a version. */
  noticed: () => void;
  /** Nothing newer is known to be in the database, or it does not answer. */
  looked: () => boolean;
  stop: () => Promise<void>;
}

export interface GatewayRoutingParts {
  config: GatewayConfig;
  logger: GatewayLogger;
  keyStore: KeyStore | null;
}

/**
 * Where the configuration comes from: CONFIG_FILE alone when it is set; else the newest version in
 * the database, if there is one; else what UPSTREAM_URL and the other variables say.
 */
export function createGatewayRouting(parts: GatewayRoutingParts): GatewayRouting {
  const { config, logger, keyStore } = parts;
  const file = config.CONFIG_FILE;
  const versions = createRepository(parts);
  const store = openStore(firstDocument(config), {
    repository: versions.open,
    factories: createFactories(config, logger),
    events: createEvents(parts),
    readOnly: file !== undefined,
  });
  const shared = file === undefined && keyStore !== null;
  let looked = !shared;
  const settled = (): void => {
    looked = true;
  };
  const noticed = (): void => {
    // The key store reports that the database is away; the configuration in force stays.
    if (shared) store.check().then(settled, settled);
  };
  let stopFollowing = (): void => undefined;
  return {
    store,
    noticed,
    looked: () => looked,
    start() {
      if (file !== undefined) stopFollowing = watchConfigFile(file, () => reload(store, file)).stop;
      else if (shared) stopFollowing = followDatabase(noticed);
    },
    async stop() {
      stopFollowing();
      store.destroy();
      await versions.close();
    },
  };
}

/** What the gateway starts with; throws `StartError` when it can't be used. */
function firstDocument(config: GatewayConfig): unknown {
  const file = config.CONFIG_FILE;
  if (file === undefined) {
    return deriveDocument({
      upstreamUrl: config.UPSTREAM_URL ?? '',
      upstreamTimeoutMs: config.UPSTREAM_TIMEOUT_MS,
      bodyLimitBytes: config.BODY_LIMIT_BYTES,
      upstreamAuth: config.UPSTREAM_AUTH,
      labels: UPSTREAM_ROUTES,
    });
  }
  const read = readConfigFile(file);
  if (read.ok) return read.input;
  throw fileInvalid(read.problems);
}

function openStore(document: unknown, options: ConfigStoreOptions): ConfigStore {
  try {
    return new ConfigStore(document, options);
  } catch (error) {
    throw error instanceof ConfigChangeError ? fileInvalid(error.problems) : error;
  }
}

function fileInvalid(problems: readonly ConfigProblem[]): StartError {
  return new StartError(
    'ROUTES_INVALID',
    `The routing configuration can't be used: ${describe(problems)}`,
    'Correct the named fields of CONFIG_FILE (or the variables they come from), start again.',
  );
}

function reload(store: ConfigStore, file: string): void {
  const read = readConfigFile(file);
  const loaded = read.ok ? store.load(read.input, 'file') : store.refuse('file', read.problems);
  // Versions of a file are kept in memory, where nothing fails.
  loaded.catch(() => undefined);
}

function followDatabase(check: () => void): () => void {
  check();
  const timer = setInterval(check, CHECK_EVERY_MS).unref();
  process.on('SIGHUP', check);
  return () => {
    clearInterval(timer);
    process.off('SIGHUP', check);
  };
}

function createRepository({ config, keyStore }: GatewayRoutingParts): {
  open: () => Promise<ConfigRepository>;
  close: () => Promise<void>;
} {
  const url = config.DATABASE_URL;
  if (url === undefined || keyStore === null || config.CONFIG_FILE !== undefined) {
    const repository = createMemoryConfigRepository();
    return { open: () => Promise.resolve(repository), close: repository.close };
  }
  let opened: ConfigRepository | undefined;
  return {
    async open() {
      // Opening the key store brings the schema up to date.
      try {
        await keyStore.repository();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new ConfigChangeError('config_unavailable', reason, { cause: error });
      }
      const { createPostgresConfigRepository } = await import('./postgres-config-repository.ts');
      opened ??= createPostgresConfigRepository(url);
      return opened;
    },
    close: async () => opened?.close(),
  };
}

function createFactories(config: GatewayConfig, logger: GatewayLogger): UpstreamFactories {
  const failed = (error: Error): void => {
    logger.error('No ID token for the upstream', {
      code: 'ID_TOKEN_FAILED',
      reason: error.message,
      next_step: 'Check that this runs on Google Cloud with a service account.',
    });
  };
  return {
    client: (url, { maxConnections, connectTimeoutMs }) =>
      new Http1Client(url.origin, { maxConnections, connectTimeoutMs }),
    idToken: (audience) =>
      createIdToken(audience, {
        fetch: (wanted) => fetchIdToken(config.GCE_METADATA_HOST, wanted),
        now: Date.now,
        failed,
      }),
    clock: () => performance.now(),
    random: Math.random,
  };
}

function createEvents({ logger }: GatewayRoutingParts): ConfigStoreEvents {
  return {
    applied(_snapshot, { version, actor }) {
      logger.info('Configuration applied', { config_version: version, actor });
    },
    refused: (source, problems) =>
      logger.error('Configuration refused, the old one is kept', {
        code: 'CONFIG_REFUSED',
        reason: `${source}: ${describe(problems)}`,
        next_step: 'Correct the named fields.',
      }),
  };
}

function describe(problems: readonly ConfigProblem[]): string {
  const shown = problems.slice(0, 5).map(({ field, reason }) => `${field} ${reason}`);
  const more = problems.length > 5 ? ` and ${problems.length - 5} more` : '';
  return shown.join('; ') + more;
}
