import type {
  CounterMetric,
  GaugeMetric,
  HistogramMetric,
  MetricRegistry,
} from '@omni/kit/metric-registry.ts';
import type { InferenceCode } from './inference-error.ts';
import { InferenceError, InputError } from './inference-error.ts';
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
  return error instanceof InputError ? 'invalid' : 'error';
}

/** Where the time of a request went. */
export interface StageTimes {
  readonly queueMs: number;
  readonly tokenizeMs: number;
  readonly inferMs: number;
}

/** What one model reports about its work. */
export interface ModelMetrics {
  finished(outcome: Outcome): void;
  timed(times: StageTimes): void;
  dispatched(items: number): void;
  loaded(phases: readonly PhaseDuration[]): void;
  laneDied(): void;
  /** The version is served no more: its series are dropped. */
  retired(): void;
}

/** Reads at scrape time what changes too often to be set each time. */
interface ModelGauges {
  readonly ready: () => boolean;
  readonly queueDepth: () => number;
}

export interface InferenceMetrics {
  forModel(model: ModelVersion, gauges: ModelGauges): ModelMetrics;
}

type ModelLabel = 'model' | 'model_version';
const MODEL_LABELS: readonly ModelLabel[] = ['model', 'model_version'];

/** The `ml_*` metrics. Model names come from the repository, never from a request. */
export function createInferenceMetrics(registry: MetricRegistry): InferenceMetrics {
  const watch = addGauges(registry);
  const events = addEventMetrics(registry);
  const users = createUserCount();
  return {
    forModel({ name, version }, gauges) {
      const labels = { model: name, model_version: version };
      const unwatch = watch(labels, gauges);
      const key = `${name}/${version}`;
      users.enter(key);
      let isRetired = false;
      for (const outcome of OUTCOMES) events.requests.inc({ ...labels, outcome }, 0);
      for (const counter of [events.items, events.batches, events.restarts]) counter.inc(labels, 0);
      return {
        finished: (outcome) => {
          if (!isRetired) events.requests.inc({ ...labels, outcome });
        },
        timed: ({ queueMs, tokenizeMs, inferMs }) => {
          // All from the cache: no stage of inference took part.
          if (inferMs === 0 || isRetired) return;
          const stages = { queue: queueMs, preprocess: tokenizeMs, infer: inferMs };
          for (const [stage, ms] of Object.entries(stages)) {
            events.duration.observe(ms / 1_000, { ...labels, stage });
          }
        },
        dispatched: (count) => {
          events.items.inc(labels, count);
          events.batches.inc(labels);
          events.batchSize.observe(count, labels);
        },
        loaded: (phases) =>
          events.load.set(phases.reduce((sum, { ms }) => sum + ms, 0) / 1_000, labels),
        laneDied: () => events.restarts.inc(labels),
        retired: () => {
          if (isRetired) return;
          isRetired = true;
          unwatch();
          // The same version may have been loaded again beside this one, under the same labels.
          if (users.leave(key)) registry.drop(labels);
        },
      };
    },
  };
}

interface EventMetrics {
  readonly duration: HistogramMetric<ModelLabel | 'stage'>;
  readonly requests: CounterMetric<ModelLabel | 'outcome'>;
  readonly items: CounterMetric<ModelLabel>;
  readonly batches: CounterMetric<ModelLabel>;
  readonly batchSize: HistogramMetric<ModelLabel>;
  readonly load: GaugeMetric<ModelLabel>;
  readonly restarts: CounterMetric<ModelLabel>;
}

function addEventMetrics(registry: MetricRegistry): EventMetrics {
  const labelNames = MODEL_LABELS;
  const counter = (name: string, help: string): CounterMetric<ModelLabel> =>
    registry.counter({ name, help, labelNames });
  return {
    duration: registry.histogram({
      name: 'ml_inference_duration_seconds',
      help: 'Time of a request in each stage of inference',
      labelNames: [...MODEL_LABELS, 'stage'],
      buckets: DURATION_BUCKETS,
    }),
    requests: registry.counter({
      name: 'ml_inference_requests_total',
      help: 'Inference requests by outcome',
      labelNames: [...MODEL_LABELS, 'outcome'],
    }),
    items: counter('ml_inference_items_total', 'Texts sent to a lane'),
    batches: counter('ml_inference_batches_total', 'Dispatches to a lane'),
    batchSize: registry.histogram({
      name: 'ml_inference_batch_size',
      help: 'Texts per dispatch',
      labelNames,
      buckets: BATCH_BUCKETS,
    }),
    load: registry.gauge({
      name: 'ml_model_load_duration_seconds',
      help: 'Duration of the last load of a lane',
      labelNames,
    }),
    restarts: counter('ml_lane_restarts_total', 'Lanes that ended unplanned and started again'),
  };
}

/** How many use a name; `leave` says whether it was the last one. */
function createUserCount(): { enter: (key: string) => void; leave: (key: string) => boolean } {
  const counts = new Map<string, number>();
  return {
    enter: (key) => {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    leave: (key) => {
      const left = (counts.get(key) ?? 1) - 1;
      if (left > 0) counts.set(key, left);
      else counts.delete(key);
      return left <= 0;
    },
  };
}

/** Gauges that are read at scrape time; returns how a model joins them, and that how it leaves. */
function addGauges(
  registry: MetricRegistry,
): (labels: Record<ModelLabel, string>, gauges: ModelGauges) => () => void {
  const watched = new Map<string, { labels: Record<ModelLabel, string>; gauges: ModelGauges }>();
  const add = (name: string, help: string, read: (gauges: ModelGauges) => number): void => {
    registry.gauge<ModelLabel>({
      name,
      help,
      labelNames: MODEL_LABELS,
      collect: (gauge) => {
        for (const { labels, gauges } of watched.values()) gauge.set(read(gauges), labels);
      },
    });
  };
  add('ml_model_ready', '1 when the model takes work', ({ ready }) => (ready() ? 1 : 0));
  add('ml_inference_queue_depth', 'Texts that wait for a lane', ({ queueDepth }) => queueDepth());
  return (labels, gauges) => {
    const key = `${labels.model}/${labels.model_version}`;
    watched.set(key, { labels, gauges });
    return () => {
      // The same version may have been loaded again beside this one.
      if (watched.get(key)?.gauges === gauges) watched.delete(key);
    };
  };
}
