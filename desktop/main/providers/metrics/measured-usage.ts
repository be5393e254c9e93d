import type { MeteredService } from '../../../shared/domain/latency-board.ts';
import type { MeasuredUsage } from '../../ports/metrics-source.ts';
import type { HistogramSeries } from './metric-series.ts';
import { indexAfter } from './range-functions.ts';
import { selectRequests } from './request-reading.ts';
import type { SeriesStore } from './series-store.ts';

const WINDOW_MS = 3_600_000;
/** Less than this says nothing about a month. */
const LEAST_SECONDS = 60;

/** Requests and the time they took over what is remembered, at most an hour; null when too little. */
export function readUsage(store: SeriesStore, service: MeteredService): MeasuredUsage | null {
  const endMs = store.horizon;
  if (endMs === null) return null;
  const { instances, durations } = selectRequests(store, { service, route: null, revision: null });
  const begins = instances.flatMap(({ passes }) => passes.times.slice(0, 1));
  const startMs = Math.max(endMs - WINDOW_MS, Math.min(endMs, ...begins));
  const overSeconds = (endMs - startMs) / 1000;
  if (overSeconds < LEAST_SECONDS) return null;
  const grown = durations.map((series) => growthOf(series, startMs));
  return {
    requests: grown.reduce((sum, { requests }) => sum + requests, 0),
    busySeconds: grown.reduce((sum, { seconds }) => sum + seconds, 0),
    overSeconds,
  };
}

/** Growth of count and sum since a time; what a counter lost in a restart is not taken away. */
function growthOf(
  { samples }: HistogramSeries,
  startMs: number,
): { readonly requests: number; readonly seconds: number } {
  const first = Math.max(0, indexAfter(samples.times, startMs) - 1);
  let requests = 0;
  let seconds = 0;
  for (let index = first + 1; index < samples.values.length; index += 1) {
    const [before, now] = [samples.values[index - 1], samples.values[index]];
    if (before === undefined || now === undefined || before === now) continue;
    const since = before.resets === now.resets ? before : { counts: [], sum: 0 };
    requests += (now.counts.at(-1) ?? 0) - (since.counts.at(-1) ?? 0);
    seconds += now.sum - since.sum;
  }
  return { requests, seconds };
}
