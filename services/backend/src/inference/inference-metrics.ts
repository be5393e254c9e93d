import type { MetricRegistry } from '@omni/kit/metric-registry.ts';
import { OpenAiError } from '../routes/open-ai-error.ts';
import type { EmbedResult } from './embed-job.ts';
import type { InferenceCode } from './inference-error.ts';
import { InferenceError } from './inference-error.ts';
import type { PhaseDuration } from './lane-protocol.ts';
import type { ModelVersion } from './model-repository.ts';

export type Outcome =
  'success' | 'invalid' | 'rejected' | 'cancelled' | 'deadline' | 'lane_died' | 'error';

const OUTCOMES: readonly Outcome[] = [
  'success',
  'invalid',
  'rejected',
  'cancelled',
  'deadline',
  'lane_died',
  'error',
];
const STAGES = ['queue', 'preprocess', 'infer'] as const;
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128];

const OUTCOME_OF: Readonly<Record<InferenceCode, Outcome>> = {
  model_not_ready: 'rejected',
  queue_full: 'rejected',
  shutting_down: 'rejected',
  input_too_large: 'invalid',
  input_too_long: 'invalid',
  deadline_exceeded: 'deadline',
  client_gone: 'cancelled',
  lane_died: 'lane_died',
  inference_failed: 'error',
};

/** The `outcome` label of a failed request. */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof InferenceError) return OUTCOME_OF[error.code];
  return error instanceof OpenAiError ? 'invalid' : 'error';
}

/** What one model reports about its work. */
export interface ModelMetrics {
  finished(outcome: Outcome): void;
  embedded(result: EmbedResult): void;
  dispatched(items: number): void;
  loaded(phases: readonly PhaseDuration[]): void;
  laneDied(): void;
}

/** Reads at scrape time what changes too often to be set each time. */
export interface ModelGauges {
  readonly ready: () => boolean;
  readonly queueDepth: () => number;
}

export interface InferenceMetrics {
  forModel(model: ModelVersion, gauges: ModelGauges): ModelMetrics;
}

type ModelLabel = 'model' | 'model_version';

/** The `ml_*` metrics. Model names come from the repository, never from a request. */
export function createInferenceMetrics(registry: MetricRegistry): InferenceMetrics {
  const watched: { labels: { model: string; model_version: string }; gauges: ModelGauges }[] = [];
  const names = ['model', 'model_version'] as const;
  const labelNames: ModelLabel[] = [...names];
  const duration = registry.histogram<ModelLabel | 'stage'>({
    name: 'ml_inference_duration_seconds',
    help: 'Time of a request in each stage of inference',
    labelNames: [...names, 'stage'],
    buckets: DURATION_BUCKETS,
  });
  const requests = registry.counter<ModelLabel | 'outcome'>({
    name: 'ml_inference_requests_total',
    help: 'Inference requests by outcome',
    labelNames: [...names, 'outcome'],
  });
  const items = registry.counter<ModelLabel>({
    name: 'ml_inference_items_total',
    help: 'Texts sent to a lane',
    labelNames,
  });
  const batches = registry.counter<ModelLabel>({
    name: 'ml_inference_batches_total',
    help: 'Dispatches to a lane',
    labelNames,
  });
  const batchSize = registry.histogram<ModelLabel>({
    name: 'ml_inference_batch_size',
    help: 'Texts per dispatch',
    labelNames,
    buckets: BATCH_BUCKETS,
  });
  const load = registry.gauge<ModelLabel>({
    name: 'ml_model_load_duration_seconds',
    help: 'Duration of the last load of a lane',
    labelNames,
  });
  const restarts = registry.counter<ModelLabel>({
    name: 'ml_lane_restarts_total',
    help: 'Lanes that ended unplanned and were started again',
    labelNames,
  });
  registry.gauge<ModelLabel>({
    name: 'ml_model_ready',
    help: '1 when the model takes work',
    labelNames,
    collect: (gauge) => {
      for (const { labels, gauges } of watched) gauge.set(gauges.ready() ? 1 : 0, labels);
    },
  });
  registry.gauge<ModelLabel>({
    name: 'ml_inference_queue_depth',
    help: 'Texts that wait for a lane',
    labelNames,
    collect: (gauge) => {
      for (const { labels, gauges } of watched) gauge.set(gauges.queueDepth(), labels);
    },
  });
  return {
    forModel({ name, version }, gauges) {
      const labels = { model: name, model_version: version };
      watched.push({ labels, gauges });
      for (const outcome of OUTCOMES) requests.inc({ ...labels, outcome }, 0);
      for (const counter of [items, batches, restarts]) counter.inc(labels, 0);
      return {
        finished: (outcome) => requests.inc({ ...labels, outcome }),
        embedded: ({ queueMs, tokenizeMs, inferMs }) => {
          [queueMs, tokenizeMs, inferMs].forEach((ms, index) => {
            duration.observe(ms / 1_000, { ...labels, stage: STAGES[index] ?? 'infer' });
          });
        },
        dispatched: (count) => {
          items.inc(labels, count);
          batches.inc(labels);
          batchSize.observe(count, labels);
        },
        loaded: (phases) => load.set(phases.reduce((sum, { ms }) => sum + ms, 0) / 1_000, labels),
        laneDied: () => restarts.inc(labels),
      };
    },
  };
}
