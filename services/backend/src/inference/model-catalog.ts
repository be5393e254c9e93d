import type { ModelSummary } from '@omni/contracts/summary.ts';
import type { Observation } from '../health/part-state.ts';
import type { Log } from '../log.ts';
import type { EmbedResult } from './embed-job.ts';
import { Embedder } from './embedder.ts';
import type { InferenceMetrics, ModelMetrics } from './inference-metrics.ts';
import { outcomeOf } from './inference-metrics.ts';
import type { QueueLimits } from './job-queue.ts';
import type { LaneTimeouts } from './lane.ts';
import type { LaneHost } from './lane-host.ts';
import type { PhaseDuration } from './lane-protocol.ts';
import type { ModelVersion, RefusedModel } from './model-repository.ts';
import { listModels } from './model-repository.ts';

export interface CatalogOptions {
  readonly modelsDir: string;
  readonly host: LaneHost;
  readonly lanes: number;
  readonly limits: QueueLimits;
  readonly timeouts: LaneTimeouts;
  readonly metrics: InferenceMetrics;
  readonly log: Log;
  /** Told at the first time that a model is warm. */
  readonly onReady: (model: ModelVersion, phases: readonly PhaseDuration[]) => void;
}

/** All models of the repository and how they are. Empty until `load` has listed the folder. */
export class ModelCatalog {
  readonly #options: CatalogOptions;
  readonly #embedders = new Map<string, Embedder>();
  readonly #metrics = new Map<Embedder, ModelMetrics>();
  #refused: readonly RefusedModel[] = [];
  #listing: 'pending' | 'done' | { readonly failure: string } = 'pending';

  constructor(options: CatalogOptions) {
    this.#options = options;
  }

  /** Lists the models and starts their lanes; a folder that cannot be read is a state, not a throw. */
  async load(): Promise<void> {
    const { modelsDir, log } = this.#options;
    try {
      const { models, refused } = await listModels(modelsDir);
      this.#refused = refused;
      for (const model of models) this.#add(model);
      this.#listing = models.length > 0 ? 'done' : { failure: 'the model folder has no model' };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#listing = { failure: `the model folder cannot be read: ${reason}` };
    }
    for (const { name, reason } of this.#refused) {
      log.error('Model refused', { code: 'MODEL_REFUSED', model: name, reason });
    }
    if (typeof this.#listing === 'object') {
      log.error('No model', { code: 'MODELS_MISSING', reason: this.#listing.failure });
    }
  }

  embedders(): readonly Embedder[] {
    return [...this.#embedders.values()];
  }

  find(name: string): Embedder | undefined {
    return this.#embedders.get(name);
  }

  /** Runs one request on a model and counts how it ended. */
  async counted(embedder: Embedder, work: () => Promise<EmbedResult>): Promise<EmbedResult> {
    const metrics = this.#metrics.get(embedder);
    try {
      const result = await work();
      metrics?.finished('success');
      metrics?.embedded(result);
      return result;
    } catch (error) {
      const outcome = outcomeOf(error);
      metrics?.finished(outcome);
      if (outcome === 'error') {
        const reason = error instanceof Error ? error.message : String(error);
        const { name } = embedder.model;
        this.#options.log.error('Inference failed', {
          code: 'INFERENCE_FAILED',
          model: name,
          reason,
        });
      }
      throw error;
    }
  }

  /** The `ai` part of the service's health. */
  observe(): Observation {
    if (this.#listing === 'pending') {
      return { state: 'starting', reason: 'the model folder is being read' };
    }
    if (this.#listing !== 'done') return { state: 'down', reason: this.#listing.failure };
    const states = this.embedders().map(({ model, state }) => ({ model, ...state }));
    const worst =
      states.find(({ state }) => state === 'failed') ??
      states.find(({ state }) => state === 'loading');
    if (worst !== undefined) {
      const what = worst.reason ?? `loading, step ${worst.phase ?? 'start'}`;
      const state = worst.state === 'failed' ? 'down' : 'starting';
      return { state, reason: `${worst.model.name}: ${what}`, facts: this.#facts() };
    }
    const [refused] = this.#refused;
    if (refused === undefined) return { state: 'ok', facts: this.#facts() };
    const reason = `${refused.name}/${refused.version} was refused: ${refused.reason}`;
    return { state: 'degraded', reason, facts: this.#facts() };
  }

  summaries(): ModelSummary[] {
    const served = this.embedders().map(({ model, state }): ModelSummary => {
      const { config } = model;
      return {
        name: model.name,
        version: model.version,
        state: state.state,
        ...(state.reason === undefined ? {} : { reason: state.reason }),
        dims: config.dims,
        maxTokens: config.maxTokens,
        sha256: config.sha256['model.onnx'],
      };
    });
    const refused = this.#refused.map((model): ModelSummary => ({ ...model, state: 'failed' }));
    return [...served, ...refused];
  }

  async stop(): Promise<void> {
    await Promise.all(this.embedders().map((embedder) => embedder.stop()));
  }

  #facts(): Readonly<Record<string, string>> {
    const embedders = this.embedders();
    const sum = (pick: (embedder: Embedder) => number): number =>
      embedders.reduce((total, embedder) => total + pick(embedder), 0);
    return {
      model: embedders.map(({ model }) => `${model.name}/${model.version}`).join(', '),
      lanes: `${sum((one) => one.lanes.ready)} of ${sum((one) => one.lanes.total)}`,
      queue: `${sum((one) => one.queue.depth)} of ${sum((one) => one.queue.limit)}`,
    };
  }

  #add(model: ModelVersion): void {
    const { host, lanes, limits, timeouts, log } = this.#options;
    const metrics = this.#options.metrics.forModel(model, {
      ready: () => embedder.state.state === 'ready',
      queueDepth: () => embedder.queue.depth,
    });
    const embedder = new Embedder({
      model,
      host,
      lanes,
      limits,
      timeouts,
      events: {
        onReady: (phases, warnings) => {
          metrics.loaded(phases);
          for (const reason of warnings) log.warn('Model warning', { model: model.name, reason });
          this.#options.onReady(model, phases);
        },
        onLaneDeath: (reason) => {
          metrics.laneDied();
          log.error('Lane ended', { code: 'LANE_ENDED', model: model.name, reason });
        },
        onDispatch: (items) => metrics.dispatched(items),
      },
    });
    this.#embedders.set(model.name, embedder);
    this.#metrics.set(embedder, metrics);
    embedder.start();
  }
}
