import type { ExpositionFormat } from './exposition.ts';
import { CONTENT_TYPES, negotiate, writeExposition } from './exposition.ts';
import type { Exemplar, Family, MetricKind } from './metric-family.ts';
import { writeLabels } from './metric-family.ts';

/** Value of every label of observations over the cap. */
export const OTHER_LABEL = '__other__';
const NO_LABELS: Labels<string> = {};
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

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

/**
 * Each metric can be used by labels, which costs a look-up, or by the integer handle of a label set,
 * which costs an addition into an array: that is for paths that run with every request.
 */
export interface CounterMetric<Name extends string> {
  inc(labels?: Labels<Name>, by?: number): void;
  handle(labels?: Labels<Name>): number;
  add(handle: number, by?: number): void;
}
export interface GaugeMetric<Name extends string> {
  set(value: number, labels?: Labels<Name>): void;
}
export interface HistogramMetric<Name extends string> {
  observe(value: number, labels?: Labels<Name>): void;
  handle(labels?: Labels<Name>): number;
  /** With the request's traceparent the bucket gets an exemplar. */
  observeAt(handle: number, value: number, traceparent?: string): void;
}

type Collector = () => void | Promise<void>;

/** A family with the handles that its label sets are known by. */
interface Declared {
  readonly family: Family;
  readonly names: readonly string[];
  readonly byKey: Map<string, number>;
}

/**
 * A service's own metrics: all values in one array that is made once. The number of series stays
 * below a hard cap whatever clients send: beyond it, observations are counted under `__other__`,
 * whose series are reserved when the metric is declared, and in `omni_metrics_dropped_series_total`.
 */
export class MetricRegistry {
  readonly #values: Float64Array;
  readonly #exemplars: (Exemplar | undefined)[] = [];
  readonly #families: Family[] = [];
  readonly #declared: Declared[] = [];
  /** Cells of dropped series, by how many lie in a row. */
  readonly #freed = new Map<number, number[]>();
  readonly #collectors: Collector[] = [];
  readonly #maxSeries: number;
  readonly #dropped: CounterMetric<never>;
  #series = 0;
  /** Series that overflow sets will need. */
  #reserved = 0;
  #nextCell = 0;
  /** Cells at which an exemplar was stored since the last exposition that shows them. */
  readonly #freshExemplars = new Set<number>();

  constructor(maxSeries = 2_000) {
    this.#maxSeries = maxSeries;
    this.#values = new Float64Array(maxSeries);
    this.#dropped = this.counter({
      name: 'omni_metrics_dropped_series_total',
      help: 'Look-ups of label sets that were over the cap and are counted under __other__',
    });
  }

  /** A counter; its name ends in `_total`. `collect` runs before each scrape and may add to it. */
  counter<Name extends string = never>(
    options: MetricOptions<Name> & { collect?: (counter: CounterMetric<Name>) => void },
  ): CounterMetric<Name> {
    if (!options.name.endsWith('_total')) throw new Error(`Counter ${options.name}: no _total`);
    const handle = this.#declare('counter', options, []);
    const values = this.#values;
    const add = (cell: number, by = 1): void => {
      values[cell] = (values[cell] ?? 0) + by;
    };
    const metric: CounterMetric<Name> = {
      inc: (labels, by = 1) => add(handle(labels), by),
      handle,
      add,
    };
    this.#collect(options.collect, metric);
    return metric;
  }

  /** A gauge; `collect` runs before each scrape and may set it. */
  gauge<Name extends string = never>(
    options: MetricOptions<Name> & {
      collect?: (gauge: GaugeMetric<Name>) => void | Promise<void>;
    },
  ): GaugeMetric<Name> {
    const handle = this.#declare('gauge', options, []);
    const values = this.#values;
    const metric: GaugeMetric<Name> = {
      set: (value, labels) => {
        values[handle(labels)] = value;
      },
    };
    this.#collect(options.collect, metric);
    return metric;
  }

  /** A classic histogram with the given upper bounds in base units. */
  histogram<Name extends string = never>(
    options: MetricOptions<Name> & { buckets: readonly number[] },
  ): HistogramMetric<Name> {
    const handle = this.#declare('histogram', options, options.buckets);
    const bounds = Float64Array.from(options.buckets);
    const values = this.#values;
    const observeAt = (cell: number, value: number, traceparent?: string): void => {
      let bucket = cell;
      for (let i = 0; i < bounds.length && value > (bounds[i] ?? 0); i += 1) bucket += 1;
      values[bucket] = (values[bucket] ?? 0) + 1;
      const sum = cell + bounds.length + 1;
      values[sum] = (values[sum] ?? 0) + value;
      if (traceparent !== undefined) this.#keepExemplar(bucket, traceparent, value);
    };
    return { observe: (value, labels) => observeAt(handle(labels), value), handle, observeAt };
  }

  /**
   * Drops every series with these labels, whatever its other ones are: their room is free again. Handles
   * of theirs must not be used any more; a later observation by labels makes a new series.
   */
  drop(labels: Labels<string>): void {
    const wanted = Object.entries(labels);
    for (const { family, names, byKey } of this.#declared) {
      if (wanted.some(([name]) => !names.includes(name))) continue;
      for (const [key, cell] of byKey) {
        const values = key.split('\u0000');
        if (wanted.some(([name, value]) => values[names.indexOf(name)] !== value)) continue;
        byKey.delete(key);
        this.#release(family, cell);
      }
    }
  }

  /** Text exposition and its content type: OpenMetrics with exemplars when `accept` asks for it. */
  async render(accept?: string): Promise<{ contentType: string; body: string }> {
    for (const collect of this.#collectors) await collect();
    const format: ExpositionFormat = negotiate(accept);
    const cells = { values: this.#values, exemplars: this.#exemplars };
    const body = writeExposition(this.#families, cells, format);
    if (format === 'openmetrics') this.#freshExemplars.clear();
    return { contentType: CONTENT_TYPES[format], body };
  }

  /** One per bucket and exposition: the first one is as good as the last and costs one store. */
  #keepExemplar(cell: number, traceparent: string, value: number): void {
    if (this.#freshExemplars.has(cell)) return;
    this.#freshExemplars.add(cell);
    // A copy: a slice would keep the text alive that the traceparent was cut from.
    const traceId = Buffer.from(traceparent.slice(3, 35), 'latin1').toString('latin1');
    this.#exemplars[cell] = { traceId, value, atMs: Date.now() };
  }

  #collect<Metric>(
    collect: ((metric: Metric) => void | Promise<void>) | undefined,
    metric: Metric,
  ): void {
    if (collect !== undefined) this.#collectors.push(() => collect(metric));
  }

  /** Adds a family; returns how a label set's cells are found, or made while there is room. */
  #declare(
    kind: MetricKind,
    options: MetricOptions<string>,
    bounds: readonly number[],
  ): (labels?: Labels<string>) => number {
    const { name, help, labelNames: names = [], known = [] } = options;
    if (!NAME.test(name) || this.#families.some((each) => each.name === name)) {
      throw new Error(`Metric ${name}: not a name, or declared twice`);
    }
    const family: Family = { kind, name, help, bounds: [...bounds], sets: [] };
    this.#families.push(family);
    const handle = this.#handles(family, names, options.maxLabelSets ?? Infinity);
    if (names.length === 0) handle();
    for (const labels of known) handle(labels);
    return handle;
  }

  #handles(
    family: Family,
    names: readonly string[],
    maxLabelSets: number,
  ): (labels?: Labels<string>) => number {
    const size = family.kind === 'histogram' ? family.bounds.length + 3 : 1;
    const byKey = new Map<string, number>();
    this.#declared.push({ family, names, byKey });
    let overflow: number | undefined;
    if (names.length > 0) this.#reserve(family, size);
    return (labels = NO_LABELS) => {
      let key = '';
      for (const name of names) key += `${labels[name] ?? ''}\u0000`;
      const existing = byKey.get(key);
      if (existing !== undefined) return existing;
      const room = this.#series + this.#reserved + size <= this.#maxSeries;
      if (room && byKey.size < maxLabelSets) {
        const cell = this.#place(family, writeLabels(names, labels));
        byKey.set(key, cell);
        return cell;
      }
      if (names.length === 0) throw new Error(`Metric ${family.name}: no room for it`);
      this.#dropped.inc();
      if (overflow === undefined) {
        this.#reserved -= size;
        const other = Object.fromEntries(names.map((name) => [name, OTHER_LABEL]));
        overflow = this.#place(family, writeLabels(names, other));
      }
      return overflow;
    };
  }

  #reserve(family: Family, size: number): void {
    this.#reserved += size;
    if (this.#series + this.#reserved > this.#maxSeries) {
      throw new Error(`Metric ${family.name}: no room for it`);
    }
  }

  #place(family: Family, labels: string): number {
    const isHistogram = family.kind === 'histogram';
    const cells = isHistogram ? family.bounds.length + 2 : 1;
    const used = this.#freed.get(cells)?.pop();
    const cell = used ?? this.#nextCell;
    if (used === undefined) this.#nextCell += cells;
    this.#series += isHistogram ? family.bounds.length + 3 : 1;
    family.sets.push({ labels, cell });
    return cell;
  }

  #release(family: Family, cell: number): void {
    const isHistogram = family.kind === 'histogram';
    const cells = isHistogram ? family.bounds.length + 2 : 1;
    family.sets.splice(
      family.sets.findIndex((set) => set.cell === cell),
      1,
    );
    this.#values.fill(0, cell, cell + cells);
    for (let at = cell; at < cell + cells; at += 1) this.#exemplars[at] = undefined;
    this.#series -= isHistogram ? family.bounds.length + 3 : 1;
    const free = this.#freed.get(cells) ?? [];
    this.#freed.set(cells, [...free, cell]);
  }
}
