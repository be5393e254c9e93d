import { randomUUID } from 'node:crypto';
import type { BackendHealth } from '@omni/contracts/health.ts';
import type { OmniSummary } from '@omni/contracts/summary.ts';
import type { ServiceMetrics } from '@omni/kit/metrics.ts';
import { createServiceMetrics } from '@omni/kit/metrics.ts';
import { trainer } from './ai/classify-routes.ts';
import { defaultEmbedder } from './ai/embed-texts.ts';
import { Analyst } from './analysis/analyst.ts';
import { openCache } from './cache/open-cache.ts';
import { HeadRepository } from './classification/head-repository.ts';
import { Heads } from './classification/heads.ts';
import type { Config } from './config.ts';
import type { Dependencies } from './data/open-dependencies.ts';
import { openDependencies } from './data/open-dependencies.ts';
import type { RedisPart } from './data/redis.ts';
import { LatencyWindow } from './health/latency-window.ts';
import { PartTracker } from './health/part-state.ts';
import { createForkLaneHost } from './inference/fork-lane-host.ts';
import { createInferenceMetrics } from './inference/inference-metrics.ts';
import { LOAD_PHASES } from './inference/lane-protocol.ts';
import { ModelCatalog } from './inference/model-catalog.ts';
import { LiveTraffic } from './inference/live-traffic.ts';
import { ModelLoader } from './inference/model-loader.ts';
import { Shadow } from './inference/shadow.ts';
import { shippedModelsDir } from './service-files.ts';
import type { Log } from './log.ts';
import type { ReadyModel } from './routes/health.ts';
import { Collections } from './search/collections.ts';
import { DocumentRepository } from './search/document-repository.ts';
import { StartUp } from './start-up.ts';
import { VERSION } from './version.ts';

/** Everything behind the routes. */
export interface Service {
  readonly log: Log;
  readonly metrics: ServiceMetrics;
  readonly window: LatencyWindow;
  readonly catalog: ModelCatalog;
  /** Changes the catalog while the service runs. */
  readonly loader: ModelLoader;
  /** How requests are shared between versions now. */
  readonly traffic: LiveTraffic;
  /** Copies of requests for versions on trial. */
  readonly shadow: Shadow;
  /** Statistics beside the event loop. */
  readonly analyst: Analyst;
  /** Null without a database. */
  readonly collections: Collections | null;
  /** Likewise. */
  readonly heads: Heads | null;
  readonly startUp: StartUp;
  readonly parts: () => BackendHealth['services'];
  readonly readyModels: () => readonly ReadyModel[];
  readonly summary: () => OmniSummary;
  readonly isStopping: () => boolean;
  /** Loads the models and begins to watch the dependencies; call once the port is open. */
  start(): Promise<void>;
  /** From now on the service tells everybody to go elsewhere. */
  refuse(): void;
  /** Tells work that still waits to retry elsewhere, so that nobody is cut off without an answer. */
  shed(): void;
  /** Ends lanes and connections. */
  stop(): Promise<void>;
}

/** Puts the service together; nothing runs and nothing is opened before `start`. */
export function createService(config: Config, log: Log): Service {
  const instance = randomUUID();
  const metrics = createServiceMetrics({
    version: VERSION,
    revision: config.revision,
    knownRequests: [200, 429, 500, 503].map((status) => {
      return { method: 'POST', route: '/v1/embeddings', status };
    }),
  });
  const dependencies = openDependencies(config, {
    registry: metrics.registry,
    log,
    instance: { id: instance, revision: config.revision, version: VERSION },
  });
  const startUp = createStartUp(metrics);
  const traffic = new LiveTraffic(config.ruleOf, config.shadowOf);
  const { redisPart: redis } = dependencies;
  const catalog = createCatalog(config, { log, metrics, startUp, traffic, redis });
  const loader = new ModelLoader(catalog, log);
  const analyst = new Analyst();
  const collections = openCollections(dependencies, { catalog, log });
  const heads = openHeads(dependencies, analyst);
  const window = new LatencyWindow();
  const api = new PartTracker({ state: 'ok' });
  const parts = createParts({ api, catalog, dependencies });
  return {
    log,
    metrics,
    window,
    catalog,
    loader,
    traffic,
    shadow: new Shadow(catalog, traffic.shadowOf, metrics.registry),
    analyst,
    collections,
    heads,
    startUp,
    parts,
    readyModels: () => toReadyModels(catalog),
    summary: () => buildSummary({ config, instance, catalog, startUp, window, dependencies }),
    isStopping: () => api.state === 'down',
    async start() {
      dependencies.start();
      await catalog.load();
    },
    refuse: () => {
      api.observe({ state: 'down', reason: 'this instance is stopping' });
    },
    shed: () => {
      for (const { runtime } of catalog.served()) runtime.shed();
    },
    async stop() {
      await Promise.all([catalog.stop(), loader.stop(), analyst.close(), dependencies.close()]);
    },
  };
}

function createParts(of: {
  readonly api: PartTracker;
  readonly catalog: ModelCatalog;
  readonly dependencies: Dependencies;
}): Service['parts'] {
  const { api, catalog, dependencies } = of;
  const ai = new PartTracker(catalog.observe());
  return () => {
    ai.observe(catalog.observe());
    return {
      api: api.health,
      database: dependencies.database.health,
      redis: dependencies.redis.health,
      ai: ai.health,
    };
  };
}

function openCollections(
  { store }: Dependencies,
  { catalog, log }: Pick<Service, 'catalog' | 'log'>,
): Collections | null {
  if (store === null) return null;
  return new Collections(new DocumentRepository(store), () => defaultEmbedder(catalog), log);
}

function openHeads({ store }: Dependencies, analyst: Analyst): Heads | null {
  return store === null ? null : new Heads(new HeadRepository(store), trainer(analyst));
}

function createStartUp({ registry }: ServiceMetrics): StartUp {
  return new StartUp(
    registry.gauge({
      name: 'ml_startup_phase_seconds',
      help: 'Duration of each phase of the start; port and ready count from the process start',
      labelNames: ['phase'],
    }),
  );
}

function createCatalog(
  config: Config,
  {
    log,
    metrics,
    startUp,
    traffic,
    redis,
  }: Pick<Service, 'log' | 'metrics' | 'startUp' | 'traffic'> & { redis: RedisPart | null },
): ModelCatalog {
  return new ModelCatalog({
    modelsDir: config.modelsDir ?? shippedModelsDir(),
    policyOf: config.policyOf,
    ruleOf: traffic.ruleOf,
    host: createForkLaneHost(),
    lanes: config.lanes,
    limits: config.queue,
    timeouts: config.timeouts,
    cache: openCache(config.cacheMb, { registry: metrics.registry, redis }),
    metrics: createInferenceMetrics(metrics.registry),
    log,
    onReady: (model, { phases }) => {
      startUp.complete(phases);
      log.info('Model ready', { model: model.name, dur_ms: Math.round(performance.now()) });
    },
  });
}

function toReadyModels(catalog: ModelCatalog): ReadyModel[] {
  return catalog.served().map(({ model, runtime: { state } }) => {
    const step = state.phase === undefined ? 0 : LOAD_PHASES.indexOf(state.phase);
    const progress = state.state === 'ready' ? 1 : step / LOAD_PHASES.length;
    return { name: model.name, version: model.version, ...state, progress };
  });
}

interface SummarySources {
  readonly config: Config;
  readonly instance: string;
  readonly catalog: ModelCatalog;
  readonly startUp: StartUp;
  readonly window: LatencyWindow;
  readonly dependencies: Dependencies;
}

function buildSummary(sources: SummarySources): OmniSummary {
  const { config, instance, catalog, startUp, window, dependencies } = sources;
  const lanes = { total: 0, ready: 0, restarts: 0 };
  const queue = { depth: 0, limit: 0 };
  for (const { runtime } of catalog.served()) {
    lanes.total += runtime.lanes.total;
    lanes.ready += runtime.lanes.ready;
    lanes.restarts += runtime.lanes.restarts;
    queue.depth += runtime.queue.depth;
    queue.limit += runtime.queue.limit;
  }
  return {
    service: 'backend',
    version: VERSION,
    revision: config.revision,
    instance,
    uptimeSeconds: Math.round(process.uptime()),
    startup: [...startUp.phases],
    models: catalog.summaries(),
    lanes,
    queue,
    requests: window.figures(),
    dependencies: {
      database: dependencies.database.health,
      redis: dependencies.redis.health,
    },
  };
}
