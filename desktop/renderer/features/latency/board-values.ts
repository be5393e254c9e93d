import type { BoardSeriesId, PointState } from '../../../shared/domain/latency-board.ts';
import type { BoardStore } from '../../charts/board-columns.ts';
import { count, latency, percent, perSecond, text } from '../../ui/format-number.ts';

/** How each series is named and written. */
export const SERIES_TEXT: Readonly<
  Record<
    BoardSeriesId,
    { readonly title: string; readonly write: (value: number | null) => string }
  >
> = {
  p50: { title: 'p50', write: (ms) => text(latency(ms)) },
  p95: { title: 'p95', write: (ms) => text(latency(ms)) },
  p99: { title: 'p99', write: (ms) => text(latency(ms)) },
  requests: { title: 'Requests', write: (rate) => text(perSecond(rate)) },
  errors: { title: 'Errors', write: (ratio) => text(percent(ratio)) },
  inFlight: {
    title: 'In flight',
    write: (value) => count(value === null ? null : Math.round(value)),
  },
};

const STATE_WORDS: Readonly<Record<PointState, string>> = {
  value: '',
  no_traffic: 'no traffic',
  gap: 'not measured',
  stale: 'no instance',
};

/** Why a point has no value, empty when it has one. */
export function absenceAt(store: BoardStore, index: number): string {
  return STATE_WORDS[store.columns.states[index] ?? 'gap'];
}

/** The value of a series at a point, in words. */
export function valueAt(store: BoardStore, id: BoardSeriesId, index: number): string {
  return SERIES_TEXT[id].write(store.columns.series[id][index] ?? null);
}
