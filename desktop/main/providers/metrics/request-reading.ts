import type {
  BoardFilter,
  MeteredService,
  PointState,
} from '../../../shared/domain/latency-board.ts';
import { BucketSum, countedBetween, histogramIncrease } from './histogram-range.ts';
import { histogramQuantile } from './histogram-quantile.ts';
import type { HistogramSeries, ScalarSeries } from './metric-series.ts';
import { indexAfter } from './range-functions.ts';
import type { Instance, SeriesStore } from './series-store.ts';
import { anyEntry, anyTrue } from './series-store.ts';

export const REQUEST_DURATION = 'http_server_request_duration_seconds';
const ACTIVE_REQUESTS = 'http_server_active_requests';

/** Health checks, scrapes and administration are not the customers' traffic (metrics 2.8). */
const OWN_ROUTE = /^(\/api)?\/health|^\/metrics$|^\/admin(\/|$)/;

export function isCustomerRoute(route: string): boolean {
  return !OWN_ROUTE.test(route);
}

/** What is needed to read the traffic of a filter at any time: chosen once, read often. */
export interface RequestSelection {
  readonly instances: readonly Instance[];
  readonly durations: readonly HistogramSeries[];
  readonly active: readonly ScalarSeries[];
}

/** The series of a service's customers' requests. */
export function selectRequests(
  store: SeriesStore,
  filter: BoardFilter & { readonly method?: string },
): RequestSelection {
  const durations = store.histograms(filter, REQUEST_DURATION).filter(({ labels }) => {
    const route = labels['http_route'] ?? '';
    if (filter.method !== undefined && labels['http_request_method'] !== filter.method)
      return false;
    return filter.route === null ? isCustomerRoute(route) : route === filter.route;
  });
  return {
    instances: store.instances(filter),
    durations,
    active: store.scalars(filter, ACTIVE_REQUESTS),
  };
}

/** The requests of a window: extrapolated counts, and the buckets that quantiles are read from. */
export interface RequestWindow {
  readonly requests: number;
  readonly serverErrors: number;
  readonly buckets: BucketSum;
}

/** Sums the buckets of every series over `(endMs - rangeMs, endMs]`; null when nothing was sampled. */
export function readWindow(
  durations: readonly HistogramSeries[],
  endMs: number,
  rangeMs: number,
): RequestWindow | null {
  const buckets = new BucketSum();
  let sampled = false;
  let serverErrors = 0;
  for (const series of durations) {
    const grown = histogramIncrease(series.samples, endMs, rangeMs);
    if (grown === null) continue;
    sampled = true;
    buckets.add(grown);
    const status = series.labels['http_response_status_code'] ?? '';
    if (status.startsWith('5')) serverErrors += grown.counts.at(-1) ?? 0;
  }
  return sampled ? { requests: buckets.total, serverErrors, buckets } : null;
}

/** A quantile in milliseconds, null when there was nothing to measure. */
export function quantileMs(q: number, window: RequestWindow | null): number | null {
  if (window === null) return null;
  const seconds = histogramQuantile(q, window.buckets.bounds, window.buckets.counts);
  return Number.isNaN(seconds) ? null : seconds * 1000;
}

/** Requests per bucket (not cumulative) that were really counted in `(startMs, endMs]`. */
export function readHeat(
  durations: readonly HistogramSeries[],
  bounds: readonly number[],
  span: { readonly startMs: number; readonly endMs: number },
): readonly number[] {
  const sum = new BucketSum();
  for (const series of durations) {
    const counted = countedBetween(series.samples, span.startMs, span.endMs);
    if (counted !== null) sum.add(counted);
  }
  const cumulative = new Map(sum.bounds.map((bound, index) => [bound, sum.counts[index] ?? 0]));
  let below = 0;
  return bounds.map((bound) => {
    const upTo = Math.max(cumulative.get(bound) ?? below, below);
    const inside = upTo - below;
    below = upTo;
    return inside;
  });
}

/** Sum of the gauges' newest samples in `(fromMs, endMs]`, null when there are none. */
export function readActive(
  active: readonly ScalarSeries[],
  fromMs: number,
  endMs: number,
): number | null {
  let sum: number | null = null;
  for (const { samples } of active) {
    const index = indexAfter(samples.times, endMs) - 1;
    if (index < 0 || (samples.times[index] ?? 0) <= fromMs) continue;
    sum = (sum ?? 0) + (samples.values[index] ?? 0);
  }
  return sum;
}

/**
 * What can be said of `(fromMs, endMs]` before any number is looked at: null when an instance was
 * scraped, else the reason why there is no value. Depends on nothing after `endMs`.
 */
export function absence(
  store: SeriesStore,
  instances: readonly Instance[],
  span: { readonly fromMs: number; readonly endMs: number },
): Extract<PointState, 'gap' | 'stale'> | null {
  const { fromMs, endMs } = span;
  if (instances.some(({ passes }) => anyTrue(passes, fromMs, endMs))) return null;
  if (instances.some(({ passes }) => anyEntry(passes, fromMs, endMs))) return 'gap';
  return store.targetsKnown(fromMs, endMs) ? 'stale' : 'gap';
}

/** How many instances were listed in `(fromMs, endMs]`. */
export function listedInstances(
  instances: readonly Instance[],
  fromMs: number,
  endMs: number,
): number {
  return instances.filter(({ passes }) => anyEntry(passes, fromMs, endMs)).length;
}

/** Newest good scrape of a service, epoch ms. */
export function scrapedAt(store: SeriesStore, service: MeteredService): number | null {
  const times = store
    .instances({ service, revision: null })
    .flatMap(({ lastGoodAt }) => (lastGoodAt === null ? [] : [lastGoodAt]));
  return times.length === 0 ? null : Math.max(...times);
}
