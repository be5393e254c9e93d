import type { ScrapeTarget } from '../../ports/scrape-targets.ts';
import { indexAfter } from './range-functions.ts';
import type { HistogramSeries, MetricSeries, ScalarSeries } from './metric-series.ts';
import { SampleLog } from './sample-log.ts';
import { TargetIngest } from './target-ingest.ts';

/** One hour at 1 Hz, and two minutes for the windows that reach behind it. */
export const RETENTION_MS = 3_720_000;
const MAX_SAMPLES = 3_720;
const MAX_SERIES_PER_INSTANCE = 2_000;
/** Instances of many restarts: the oldest go first. */
const MAX_INSTANCES = 64;

export type TargetLabels = Omit<ScrapeTarget, 'url'>;

/** Everything known of one process. `service`, `revision` and `instance` are target labels. */
export interface Instance {
  readonly labels: TargetLabels;
  /** One entry per pass in which the instance was listed: was it scraped? */
  readonly passes: SampleLog<boolean>;
  readonly ingest: TargetIngest;
  lastGoodAt: number | null;
}

/** Which instances a question is about; null means all of them. */
export interface InstanceFilter {
  readonly service: string;
  readonly revision: string | null;
}

/** The samples of the last hour, by instance. Pure memory: no clock, no I/O. */
export class SeriesStore {
  readonly #instances = new Map<string, Instance>();
  /** One entry per pass: was the list of targets known? */
  readonly #discovery = new SampleLog<boolean>(MAX_SAMPLES);

  /** Time of the newest pass, epoch ms: up to here nothing will change any more. */
  get horizon(): number | null {
    return this.#discovery.times.at(-1) ?? null;
  }

  /** The target's exposition at `at`. Throws ExpositionError; then the scrape counts as failed. */
  addScrape(labels: TargetLabels, at: number, exposition: string): void {
    const instance = this.#instanceOf(labels);
    try {
      instance.ingest.ingest(exposition, at, instance.lastGoodAt);
    } catch (error) {
      instance.passes.push(at, false);
      throw error;
    }
    instance.passes.push(at, true);
    instance.lastGoodAt = at;
  }

  /** The target is there but didn't answer. One that never answered isn't an instance yet. */
  addFailedScrape(labels: TargetLabels, at: number): void {
    this.#instances.get(keyOf(labels))?.passes.push(at, false);
  }

  /** Ends a pass: everything up to `at` is complete. */
  endPass(at: number, targetsKnown: boolean): void {
    this.#discovery.push(at, targetsKnown);
    for (const [key, instance] of this.#instances) {
      const seen = instance.passes.times.at(-1) ?? 0;
      if (seen < at - RETENTION_MS) this.#instances.delete(key);
    }
    for (const key of this.#instances.keys()) {
      if (this.#instances.size <= MAX_INSTANCES) break;
      this.#instances.delete(key);
    }
  }

  instances(filter: InstanceFilter): readonly Instance[] {
    return [...this.#instances.values()].filter(
      ({ labels }) =>
        labels.service === filter.service &&
        (filter.revision === null || labels.revision === filter.revision),
    );
  }

  histograms(filter: InstanceFilter, name: string): readonly HistogramSeries[] {
    return this.#select(filter, name).filter((series) => series.kind === 'histogram');
  }

  scalars(filter: InstanceFilter, name: string): readonly ScalarSeries[] {
    return this.#select(filter, name).filter((series) => series.kind === 'scalar');
  }

  /** Was the list of targets known in `(from, to]`? */
  targetsKnown(from: number, to: number): boolean {
    return anyTrue(this.#discovery, from, to);
  }

  #select(filter: InstanceFilter, name: string): readonly MetricSeries[] {
    return this.instances(filter).flatMap((instance) => instance.ingest.seriesOf(name));
  }

  #instanceOf(labels: TargetLabels): Instance {
    const key = keyOf(labels);
    const known = this.#instances.get(key);
    if (known !== undefined) return known;
    const instance: Instance = {
      labels,
      passes: new SampleLog(MAX_SAMPLES),
      ingest: new TargetIngest({ maxSeries: MAX_SERIES_PER_INSTANCE, maxSamples: MAX_SAMPLES }),
      lastGoodAt: null,
    };
    this.#instances.set(key, instance);
    return instance;
  }
}

/** Is there a true entry in `(from, to]`? */
export function anyTrue(log: SampleLog<boolean>, from: number, to: number): boolean {
  const end = indexAfter(log.times, to);
  for (let index = end - 1; index >= 0 && (log.times[index] ?? 0) > from; index -= 1) {
    if (log.values[index] === true) return true;
  }
  return false;
}

/** Is there any entry in `(from, to]`? */
export function anyEntry(log: SampleLog<boolean>, from: number, to: number): boolean {
  return indexAfter(log.times, to) > indexAfter(log.times, from);
}

function keyOf(labels: TargetLabels): string {
  return `${labels.service} ${labels.revision} ${labels.instance}`;
}
