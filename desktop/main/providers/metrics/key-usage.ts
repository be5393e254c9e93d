import type { KeyUsage } from '../../../shared/domain/latency-board.ts';
import type { ScalarSeries } from './metric-series.ts';
import { counted } from './range-functions.ts';
import type { SeriesStore } from './series-store.ts';

const KEY_REQUESTS = 'gateway_key_requests_total';
const MINUTE_MS = 60_000;
const MINUTES = 60;

/** Requests of every key per minute of the last hour, summed over instances and status classes. */
export function readKeyUsage(store: SeriesStore, nowMs: number): readonly KeyUsage[] {
  const endMs = store.horizon ?? nowMs;
  const byKey = new Map<string, ScalarSeries[]>();
  for (const series of store.scalars({ service: 'gateway', revision: null }, KEY_REQUESTS)) {
    const keyId = series.labels['key_id'];
    if (keyId !== undefined) byKey.set(keyId, [...(byKey.get(keyId) ?? []), series]);
  }
  return [...byKey].map(([keyId, series]) => {
    const perMinute = Array.from({ length: MINUTES }, (_, index) => {
      const end = endMs - (MINUTES - 1 - index) * MINUTE_MS;
      return countedOf(series, end - MINUTE_MS, end);
    });
    return { keyId, lastMinute: perMinute.at(-1) ?? 0, perMinute };
  });
}

function countedOf(series: readonly ScalarSeries[], startMs: number, endMs: number): number {
  return series.reduce((sum, { samples }) => sum + (counted(samples, startMs, endMs) ?? 0), 0);
}
