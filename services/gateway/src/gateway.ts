import { createGatewayAdmin } from './admin/gateway-admin.ts';
import type { GatewayAdmin } from './admin/gateway-admin.ts';
import { servedEnvironments } from './config.ts';
import { createBusyPoll } from './busy-poll.ts';
import type { BusyPoll } from './busy-poll.ts';
import type { GatewayConfig } from './config.ts';
import { createGatewayMetrics } from './gateway-metrics.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import { createApiKeyAuth } from './keys/api-key-auth.ts';
import type { AcceptedKey, ApiKeyAuth } from './keys/api-key-auth.ts';
import { createAuthThrottle } from './keys/auth-throttle.ts';
import type { KeyHasher } from './keys/hash-key.ts';
import { createKeyHasher, parsePeppers, processPepper } from './keys/hash-key.ts';
import type { KeyRepository, StoredKey } from './keys/key-repository.ts';
import { closeKeyStore } from './keys/close-key-store.ts';
import { createKeyStore, NO_KEY_STORE } from './keys/key-store.ts';
import type { KeyStore } from './keys/key-store.ts';
import { createSecretUpgrades } from './keys/secret-upgrades.ts';
import { createStaticKeyRepository } from './keys/static-key-repository.ts';
import { UsageRecorder } from './keys/usage-recorder.ts';
import { closeLimits } from './limit/close-limits.ts';
import { createLimits } from './limit/create-limits.ts';
import type { GatewayLimits } from './limit/create-limits.ts';
import { createListeners } from './listeners.ts';
import type { Listeners } from './listeners.ts';
import { createAccessLog } from './log/access-log.ts';
import { closeObservers, loadObservers, serviceName } from './observers.ts';
import type { Observers } from './observers.ts';
import { ownSecrets } from './own-secrets.ts';
import { createOwnHeaders } from './proxy/own-headers.ts';
import { createProxy } from './proxy/proxy-request.ts';
import { endStreamsForStop, endStreamsOfEndedKeys } from './proxy/end-streams.ts';
import { OpenStreams } from './proxy/open-streams.ts';
import type { GatewayLogger } from './request-log.ts';
import { createOwnRoutes } from './routes/own-routes.ts';
import { createGatewayRouting } from './routing/gateway-routing.ts';
import type { GatewayRouting } from './routing/gateway-routing.ts';
import { upstreamStates } from './upstreams/upstream-states.ts';
import { createUpstreamProbe } from './routes/upstream-probe.ts';
import type { UpstreamProbe } from './routes/upstream-probe.ts';

/** A gateway that can be started and stopped; the process around it is `server.ts`. */
export interface Gateway {
  /** Listens and returns the port; keys and probes follow in the background. */
  start: () => Promise<number>;
  /** Drains and closes everything. Idle connections stay usable for the grace time (1 s). */
  stop: (options?: StopOptions) => Promise<void>;
  /** An error that nothing caught, for the fault report. */
  uncaught: (error: unknown) => void;
  /** Sends what reports and traces wait, for a second at most. */
  flushReports: () => Promise<void>;
}

export interface StopOptions {
  /** Idle connections stay usable for so long; 1 s. */
  idleGraceMs?: number;
  /** Event streams may go on for so long; 5 s. */
  eventsGraceMs?: number;
}

/** Everything that has a life of its own, built before the HTTP side. */
interface Parts {
  config: GatewayConfig;
  logger: GatewayLogger;
  hasher: KeyHasher;
  staticKeys: KeyRepository;
  store: KeyStore | null;
  routing: GatewayRouting;
  streams: OpenStreams;
  keyEnds: { stop: () => void } | undefined;
  probe: UpstreamProbe;
  usage: UsageRecorder;
  metrics: GatewayMetrics;
  limits: GatewayLimits;
  admin: GatewayAdmin;
  observers: Observers;
  busyPoll: BusyPoll | null;
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
    uncaught: (error) => parts.observers.faults?.uncaught(error),
    flushReports: () => closeObservers(parts.observers),
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
          failAfterMs: config.KEYSTORE_FAIL_AFTER_MS,
          reachable: reportStore(logger),
          noticed: () => routing.noticed(),
        });
  const streams = new OpenStreams();
  const keyEnds = store === null ? undefined : endStreamsOfEndedKeys(streams, store);
  const routing: GatewayRouting = createGatewayRouting({
    config,
    logger,
    keyStore: store,
  });
  const probe = createUpstreamProbe(() => routing.store.current.upstreams.values());
  const usage = new UsageRecorder(async () =>
    store === null ? [staticKeys] : [staticKeys, await store.repository()],
  );
  const busyPoll = createBusyPoll(config.busyPollUs);
  const metrics = createGatewayMetrics(config.K_REVISION, {
    upstreams: () => upstreamStates(routing.store.upstreams()),
    keystoreEpoch: () => store?.table.epoch ?? 0,
    keystoreStalenessSeconds: () => (store === null ? 0 : store.table.stalenessMs() / 1_000),
    logLinesDropped: logger.dropped,
    busyPollSeconds: () => busyPoll?.waitedSeconds() ?? 0,
  });
  const { registry } = metrics.service;
  const limits = createLimits({ config, logger, registry });
  const admin = createGatewayAdmin({
    ...{ config, logger, hasher, staticKeys, store },
    flushUsage: () => usage.flush(),
    limits: limits.admin,
    routing: routing.store,
  });
  return {
    config,
    logger,
    hasher,
    staticKeys,
    store,
    routing,
    streams,
    keyEnds,
    probe,
    usage,
    metrics,
    limits,
    admin,
    observers: { tracer: undefined, faults: undefined },
    busyPoll,
  };
}

async function createHttpSide(parts: Parts): Promise<Listeners> {
  const { config, logger, store, routing, streams, probe, usage, metrics, limits, admin } = parts;
  const staticKeys = (await parts.staticKeys.list()).keys;
  const auth = createAuth(parts, staticKeys);
  const keyUsed = (key: AcceptedKey): void => usage.used(key);
  const app: Listeners = createListeners({
    config,
    logger,
    metrics,
    accessLog: createAccessLog({
      writeLine: logger.writeLine,
      service: serviceName(config),
      revision: config.K_REVISION,
      project: config.GOOGLE_CLOUD_PROJECT,
      sample: config.ACCESS_LOG_SAMPLE,
      secrets: ownSecrets(config),
    }),
    observers: parts.observers,
    stayAwake: parts.busyPoll?.stayAwake ?? null,
    ownRoutes: createOwnRoutes({
      metrics: metrics.service,
      metricsToken: config.METRICS_TOKEN,
      ...{ auth, keyUsed, authFailed: metrics.authFailed },
      health: {
        revision: config.K_REVISION,
        startedAt: new Date(),
        draining: () => app.drain.draining,
        upstream: probe.health,
        keystore: () => store?.table.health() ?? NO_KEY_STORE,
        hasStaticKeys: staticKeys.length > 0,
        configured: routing.looked,
      },
    }),
    admin: admin.handle,
    routing: routing.store,
    keyEnded: (scope, status, durationMs) => usage.ended(scope, status, durationMs),
    proxy: createProxy({
      auth,
      limits: limits.limits,
      streams,
      receive: {
        minBytesPerSecond: config.MIN_RECEIVE_RATE,
        graceMs: config.RECEIVE_GRACE_MS,
      },
      maxConcurrentPerKey: config.MAX_CONCURRENT_PER_KEY,
      webSockets: { total: config.MAX_WEBSOCKETS, perKey: config.MAX_WEBSOCKETS_PER_KEY },
      ownHeaders: createOwnHeaders({
        trustedHops: config.trustedHops,
        principalSecret: config.PRINCIPAL_SECRET,
      }),
      metrics,
      keyUsed,
    }),
  });
  return app;
}

function createAuth(parts: Parts, staticKeys: readonly StoredKey[]): ApiKeyAuth {
  const { config, hasher, store } = parts;
  return createApiKeyAuth({
    ...{ hasher, staticKeys, stored: store?.table ?? null },
    throttle: createAuthThrottle(),
    environments: servedEnvironments(config),
    ...(store === null ? {} : { upgrade: createSecretUpgrades(hasher, store.repository) }),
  });
}

async function start(
  { config, logger, store, routing, probe, limits, observers }: Parts,
  listeners: Listeners,
): Promise<number> {
  const port = await listeners.start();
  if (config.API_KEYS === undefined && store === null) {
    logger.warn('No keys: every proxied request will be refused', {
      code: 'NO_KEYS',
      next_step: 'Set API_KEYS, or DATABASE_URL and KEY_PEPPERS.',
    });
  }
  store?.start();
  routing.start();
  limits.start();
  probe.start();
  loadObservers(observers, config, logger).catch((error: unknown) => {
    logger.error('Traces or fault reports could not be set up', {
      code: 'OBSERVERS_FAILED',
      error: error instanceof Error ? error.message : String(error),
      next_step: 'Check SENTRY_DSN and OTEL_EXPORTER_OTLP_ENDPOINT; requests are served without.',
    });
  });
  return port;
}

async function stop(parts: Parts, { drain }: Listeners, options?: StopOptions): Promise<void> {
  const { config, logger, store, routing, streams, probe, usage, limits, admin, observers } = parts;
  admin.drain();
  drain.begin();
  if (config.DRAIN_DELAY_MS > 0) {
    await new Promise((resolve) => setTimeout(resolve, config.DRAIN_DELAY_MS));
  }
  const ending = endStreamsForStop(streams, options?.eventsGraceMs);
  const cut = await drain.finish(options);
  ending.stop();
  parts.keyEnds?.stop();
  logger.info('Drained', { cut });
  probe.stop();
  await admin.close();
  await Promise.all([closeLimits(limits, logger), closeKeyStore({ logger, store, usage })]);
  await routing.stop();
  await closeObservers(observers);
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
