import Counter from '@prometheus-io/client/lib/counter.js';
import Gauge from '@prometheus-io/client/lib/gauge.js';
import Histogram from '@prometheus-io/client/lib/histogram.js';
import Registry from '@prometheus-io/client/lib/registry.js';

/** Value of every label of observations over the cap. */
export const OTHER_LABEL = '__other__';
const NO_LABELS: Labels<string> = {};

/** Label values; a missing or empty one is left out of the exposition. */
export type Labels<Name extends string> = Readonly<Partial<Record<Name, string>>>;

export interface MetricOptions<Name extends string> {
  name: string;
  help: string;
  labelNames?: readonly Name[];
  /** Own cap of this metric beside the registry's. */
  maxLabelSets?: number;
  /** Label sets that exist from the start with 0, so that `rate` sees the first event. */
  known?: readonly Labels<Name>[];
}

export interface CounterMetric<Name extends string> {
  inc(labels?: Labels<Name>, by?: number): void;
}
export interface GaugeMetric<Name extends string> {
  set(value: number, labels?: Labels<Name>): void;
}
export interface HistogramMetric<Name extends string> {
  observe(value: number, labels?: Labels<Name>): void;
}

/**
 * A service's own metric registry, never the global one of the library. It keeps the number of
 * series below a cap whatever clients send: beyond it, observations are counted under `__other__`
 * and in `omni_metrics_dropped_series_total`.
 */
export class MetricRegistry {
  readonly #registry = new Registry();
  readonly #maxSeries: number;
  readonly #dropped: InstanceType<typeof Counter>;
  #series = 0;

  constructor(maxSeries = 2_000) {
    this.#maxSeries = maxSeries;
    this.#dropped = new Counter({
      name: 'omni_metrics_dropped_series_total',
      help: 'Observations whose label set was over the cap and was counted under __other__',
      registers: [this.#registry],
    });
  }

  /** A counter; its name ends in `_total`. `collect` runs before each scrape and may add to it. */
  counter<Name extends string = never>(
    options: MetricOptions<Name> & { collect?: (counter: CounterMetric<Name>) => void },
  ): CounterMetric<Name> {
    const { collect } = options;
    const metric = new Counter<string>({
      ...this.#config(options),
      ...(collect === undefined ? {} : { collect: () => collect(facade) }),
    });
    const child = this.#children(options, 1, (labels) => metric.labels(labels));
    const facade: CounterMetric<Name> = {
      inc: (labels, by = 1) => child(labels ?? NO_LABELS).inc(by),
    };
    for (const labels of options.known ?? []) facade.inc(labels, 0);
    return facade;
  }

  /** A gauge; `collect` runs before each scrape and may set it. */
  gauge<Name extends string = never>(
    options: MetricOptions<Name> & {
      collect?: (gauge: GaugeMetric<Name>) => void | Promise<void>;
    },
  ): GaugeMetric<Name> {
    const { collect } = options;
    const metric = new Gauge<string>({
      ...this.#config(options),
      ...(collect === undefined ? {} : { collect: () => collect(facade) }),
    });
    const child = this.#children(options, 1, (labels) => metric.labels(labels));
    const facade: GaugeMetric<Name> = {
      set: (value, labels) => child(labels ?? NO_LABELS).set(value),
    };
    for (const labels of options.known ?? []) facade.set(0, labels);
    return facade;
  }

  /** A classic histogram with the given upper bounds in base units. */
  histogram<Name extends string = never>(
    options: MetricOptions<Name> & { buckets: readonly number[] },
  ): HistogramMetric<Name> {
    const metric = new Histogram<string>({
      ...this.#config(options),
      buckets: [...options.buckets],
    });
    const seriesPerSet = options.buckets.length + 3;
    const child = this.#children(options, seriesPerSet, (labels) => {
      metric.zero(labels);
      return metric.labels(labels);
    });
    for (const labels of options.known ?? []) child(labels);
    return { observe: (value, labels) => child(labels ?? NO_LABELS).observe(value) };
  }

  /** Text exposition and its content type. */
  async render(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  #config(options: MetricOptions<string>): {
    name: string;
    help: string;
    labelNames: string[];
    registers: InstanceType<typeof Registry>[];
  } {
    const { name, help, labelNames = [] } = options;
    return { name, help, labelNames: [...labelNames], registers: [this.#registry] };
  }

  /** Finds the child of a label set, makes it while there is room, else answers `__other__`. */
  #children<Child>(
    options: MetricOptions<string>,
    seriesPerSet: number,
    make: (labels: Record<string, string>) => Child,
  ): (labels: Labels<string>) => Child {
    const names = options.labelNames ?? [];
    const byKey = new Map<string, Child>();
    const other = Object.fromEntries(names.map((name) => [name, OTHER_LABEL]));
    let overflow: Child | undefined;
    return (labels) => {
      let key = '';
      for (const name of names) key += `${labels[name] ?? ''}\u0000`;
      const existing = byKey.get(key);
      if (existing !== undefined) return existing;
      const full =
        byKey.size >= (options.maxLabelSets ?? Infinity) ||
        this.#series + seriesPerSet > this.#maxSeries;
      if (full && names.length > 0) {
        this.#dropped.inc();
        return (overflow ??= make(other));
      }
      this.#series += seriesPerSet;
      const child = make(withoutEmpty(names, labels));
      byKey.set(key, child);
      return child;
    };
  }
}

function withoutEmpty(names: readonly string[], labels: Labels<string>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of names) {
    const value = labels[name];
    if (value !== undefined && value !== '') kept[name] = value;
  }
  return kept;
}
