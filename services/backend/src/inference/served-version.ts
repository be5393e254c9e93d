import type { CacheParts } from '../cache/cached-embedding.ts';
import type { Log } from '../log.ts';
import { afterAnswer } from './after-answer.ts';
import { Embedder } from './embedder.ts';
import type { InferenceMetrics, ModelMetrics, StageTimes } from './inference-metrics.ts';
import { outcomeOf } from './inference-metrics.ts';
import type { QueueLimits } from './job-queue.ts';
import type { LaneTimeouts } from './lane.ts';
import type { LaneHost } from './lane-host.ts';
import type { LaneReport } from './lane-protocol.ts';
import type { ModelVersion } from './model-repository.ts';
import { isEmbedding } from './model-repository.ts';
import { ModelStatistics } from './model-statistics.ts';
import { TensorModel } from './tensor-model.ts';

/** What runs one version, by its task. */
export type ModelRuntime = Embedder | TensorModel;

export interface ServedOptions {
  readonly host: LaneHost;
  readonly lanes: number;
  readonly limits: QueueLimits;
  readonly timeouts: LaneTimeouts;
  /** Shared by all models; undefined: every text is run. */
  readonly cache?: CacheParts | undefined;
  readonly metrics: InferenceMetrics;
  readonly log: Log;
  /** Told each time that a lane of a model is warm. */
  readonly onReady: (model: ModelVersion, report: LaneReport) => void;
}

/** One version with its lanes, and the requests that are on it. */
export class ServedVersion {
  readonly model: ModelVersion;
  readonly runtime: ModelRuntime;
  readonly statistics = new ModelStatistics();
  /** Undefined once the version is ready, or why its first load failed. */
  readonly loaded: Promise<string | undefined>;
  readonly #metrics: ModelMetrics;
  readonly #log: Log;
  #settleLoad: (failure: string | undefined) => void = () => undefined;
  #inFlight = 0;
  #onIdle: () => void = () => undefined;

  constructor(model: ModelVersion, options: ServedOptions) {
    this.model = model;
    this.#log = options.log;
    this.loaded = new Promise((resolve) => {
      this.#settleLoad = resolve;
    });
    this.#metrics = options.metrics.forModel(model, {
      ready: () => this.runtime.state.state === 'ready',
      queueDepth: () => this.runtime.queue.depth,
    });
    this.runtime = this.#createRuntime(options);
  }

  start(): void {
    this.runtime.start();
  }

  get ready(): boolean {
    return this.runtime.state.state === 'ready';
  }

  /** Runs one request, counts how it ended, and keeps the version from being retired meanwhile. */
  async run<Result extends StageTimes>(work: () => Promise<Result>): Promise<Result> {
    const begin = performance.now();
    this.#inFlight += 1;
    try {
      const result = await work();
      const ms = performance.now() - begin;
      afterAnswer(() => {
        this.#metrics.finished('success');
        this.#metrics.timed(result);
        this.statistics.succeeded(ms, result);
      });
      return result;
    } catch (error) {
      this.#failed(error, performance.now() - begin);
      throw error;
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#onIdle();
    }
  }

  /** Waits for the requests that are on it, no longer than `graceMs`, and ends the lanes. */
  async retire(graceMs: number): Promise<void> {
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        this.#onIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    await this.stop();
  }

  /** Ends the lanes; what waits is told to retry. */
  async stop(): Promise<void> {
    this.#settleLoad('it was stopped');
    await this.runtime.stop();
    this.#metrics.retired();
  }

  #failed(error: unknown, ms: number): void {
    const outcome = outcomeOf(error);
    this.#metrics.finished(outcome);
    this.statistics.failed(ms);
    if (outcome !== 'error') return;
    const reason = error instanceof Error ? error.message : String(error);
    const { name } = this.model;
    this.#log.error('Inference failed', { code: 'INFERENCE_FAILED', model: name, reason });
  }

  #createRuntime(options: ServedOptions): ModelRuntime {
    const { host, lanes, limits, timeouts, cache, log } = options;
    const { model } = this;
    const events = {
      onReady: (report: LaneReport) => {
        this.#metrics.loaded(report.phases);
        for (const reason of report.warnings) {
          log.warn('Model warning', { model: model.name, reason });
        }
        this.#settleLoad(undefined);
        options.onReady(model, report);
      },
      onLaneDeath: (reason: string) => {
        this.#metrics.laneDied();
        log.error('Lane ended', { code: 'LANE_ENDED', model: model.name, reason });
        if (this.runtime.state.state === 'failed') this.#settleLoad(reason);
      },
      onDispatch: (items: number) => {
        this.#metrics.dispatched(items);
        this.statistics.dispatched(items);
      },
    };
    const shared = { host, lanes, limits, timeouts, events };
    return isEmbedding(model)
      ? new Embedder({ ...shared, model, cache })
      : new TensorModel({ ...shared, model });
  }
}
