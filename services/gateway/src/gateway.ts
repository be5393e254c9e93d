import type { AddressInfo } from 'node:net';
import { StartError } from '@omni/kit/start-error.ts';
import type { AdminEntry } from './admin/admin-entry.ts';
import { createGatewayAdmin } from './admin/gateway-admin.ts';
import { createApp } from './app.ts';
import type { App } from './app.ts';
import type { GatewayConfig } from './config.ts';
import { createGatewayMetrics } from './gateway-metrics.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import { createApiKeyAuth } from './keys/api-key-auth.ts';
import { createAuthThrottle } from './keys/auth-throttle.ts';
import type { KeyHasher } from './keys/hash-key.ts';
import { createKeyHasher, parsePeppers, processPepper } from './keys/hash-key.ts';
import type { KeyRepository } from './keys/key-repository.ts';
import { closeKeyStore } from './keys/close-key-store.ts';
import { createKeyStore, NO_KEY_STORE } from './keys/key-store.ts';
import type { KeyStore } from './keys/key-store.ts';
import { createStaticKeyRepository } from './keys/static-key-repository.ts';
import { UsageRecorder } from './keys/usage-recorder.ts';
import { closeLimits } from './limit/close-limits.ts';
import { createLimits } from './limit/create-limits.ts';
import type { GatewayLimits } from './limit/create-limits.ts';
import { DEFAULT_UPSTREAM } from './metrics/upstream-metrics.ts';
import { createOwnHeaders } from './proxy/own-headers.ts';
import { createProxy } from './proxy/proxy-request.ts';
import { createUpstream, singleRoute } from './proxy/upstream-pool.ts';
import type { Upstream } from './proxy/upstream-pool.ts';
import type { GatewayLogger } from './request-log.ts';
import { createOwnRoutes } from './routes/own-routes.ts';
import { createUpstreamProbe } from './routes/upstream-probe.ts';
import type { UpstreamProbe } from './routes/upstream-probe.ts';

/** A gateway that can be started and stopped; the process around it is `server.ts`. */
export interface Gateway {
  /** Listens and returns the port; keys and probes follow in the background. */
  start: () => Promise<number>;
  /** Drains and closes everything. Idle connections stay usable for the grace time (1 s). */
  stop: (options?: { idleGraceMs?: number }) => Promise<void>;
}

/** Everything that has a life of its own, built before the HTTP side. */
interface Parts {
  config: GatewayConfig;
  logger: GatewayLogger;
  hasher: KeyHasher;
  staticKeys: KeyRepository;
  store: KeyStore | null;
  upstream: Upstream;
  probe: UpstreamProbe;
  usage: UsageRecorder;
  metrics: GatewayMetrics;
  limits: GatewayLimits;
  admin: AdminEntry;
}

/** Wires the gateway; reads top to bottom. */
export async function createGateway(
  config: GatewayConfig,
  logger: GatewayLogger,
): Promise<Gateway> {
  const parts = createParts(config, logger);
  const app = await createHttpSide(parts);
  return {
    start: () => start(parts, app),
    stop: (options) => stop(parts, app, options),
  };
}

function createParts(config: GatewayConfig, logger: GatewayLogger): Parts {
  const peppers = parsePeppers(config.KEY_PEPPERS ?? '') ?? processPepper();
  const hasher = createKeyHasher(peppers);
  const staticKeys = createStaticKeyRepository(config.API_KEYS ?? [], hasher);
  const store =
    config.DATABASE_URL === undefined
      ? null
      : createKeyStore({
          databaseUrl: config.DATABASE_URL,
          revision: config.K_REVISION,
          reachable: reportStore(logger),
        });
  const upstream = createUpstream(config.UPSTREAM_URL);
  const probe = createUpstreamProbe(upstream);
  const usage = new UsageRecorder(async () =>
    store === null ? [staticKeys] : [staticKeys, await store.repository()],
  );
  const metrics = createGatewayMetrics(config.K_REVISION, {
    upstreams: () => [{ name: DEFAULT_UPSTREAM, up: probe.isUp() }],
    keystoreEpoch: () => store?.table.epoch ?? 0,
    keystoreStalenessSeconds: () => (store === null ? 0 : store.table.stalenessMs() / 1_000),
    logLinesDropped: logger.dropped,
  });
  const flushUsage = (): Promise<void> => usage.flush();
  const admin = createGatewayAdmin({ config, logger, hasher, staticKeys, store, flushUsage });
  const { registry } = metrics.service;
  const limits = createLimits({ config, logger, registry });
  return { config, logger, hasher, staticKeys, store, upstream, probe, usage, metrics, limits, admin };
}

async function createHttpSide(parts: Parts): Promise<App> {
  const { config, logger, hasher, store, upstream, probe, usage, metrics, limits, admin } = parts;
  const staticKeys = (await parts.staticKeys.list()).keys;
  const route = singleRoute(
    upstream,
    {
      name: DEFAULT_UPSTREAM,
      headTimeoutMs: config.UPSTREAM_TIMEOUT_MS,
      bodyLimitBytes: config.BODY_LIMIT_BYTES,
    },
    probe.report,
  );
  const app: App = createApp({
    config,
    logger,
    metrics,
    ownRoutes: createOwnRoutes({
      metrics: metrics.service,
      metricsToken: config.METRICS_TOKEN,
      health: {
        revision: config.K_REVISION,
        startedAt: new Date(),
        draining: () => app.drain.draining,
        upstream: probe.health,
        keystore: () => store?.table.health() ?? NO_KEY_STORE,
        hasStaticKeys: staticKeys.length > 0,
      },
    }),
    admin: admin.handle,
    proxy: createProxy({
      auth: createApiKeyAuth({
        ...{ hasher, staticKeys, stored: store?.table ?? null },
        throttle: createAuthThrottle(),
        environments: null,
      }),
      limits: limits.limits,
      route: () => route,
      ownHeaders: createOwnHeaders({
        trustedHops: config.trustedHops,
        principalSecret: config.PRINCIPAL_SECRET,
      }),
      metrics,
      keyUsed: (key) => usage.used(key),
    }),
  });
  return app;
}

async function start({ config, logger, store, probe, limits }: Parts, { server }: App): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const next = 'Stop what uses the port, or set PORT to another one.';
      reject(new StartError('LISTEN_FAILED', `Cannot listen: ${error.message}`, next));
    });
    server.listen(config.PORT, config.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  logger.info('Listening', { host: config.host, port });
  if (config.API_KEYS === undefined && store === null) {
    logger.warn('No keys: every proxied request will be refused', {
      code: 'NO_KEYS',
      next_step: 'Set API_KEYS, or DATABASE_URL and KEY_PEPPERS.',
    });
  }
  store?.start();
  limits.start();
  probe.start();
  return port;
}

async function stop(
  { config, logger, store, upstream, probe, usage, limits, admin }: Parts,
  { drain }: App,
  options?: { idleGraceMs?: number },
): Promise<void> {
  drain.begin();
  if (config.DRAIN_DELAY_MS > 0) {
    await new Promise((resolve) => setTimeout(resolve, config.DRAIN_DELAY_MS));
  }
  const cut = await drain.finish(options);
  logger.info('Drained', { cut });
  probe.stop();
  await admin.close();
  await Promise.all([closeLimits(limits, logger), closeKeyStore({ logger, store, usage })]);
  await upstream.client.close();
  await upstream.pool.close();
}

function reportStore(logger: GatewayLogger): (reachable: boolean, error?: Error) => void {
  return (reachable, error) => {
    if (reachable) {
      logger.info('Key store reachable');
      return;
    }
    logger.error('Key store not reachable', {
      code: 'KEYSTORE_UNREACHABLE',
      reason: error?.message,
      next_step: 'Check DATABASE_URL and the database; stored keys answer 503 until then.',
    });
  };
}
