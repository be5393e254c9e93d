import type {
  BoardFilter,
  BoardFrame,
  BoardRange,
  BoardSeriesId,
  PointState,
} from '../../../shared/domain/latency-board.ts';
import { BOARD_RANGES, BOARD_SERIES } from '../../../shared/domain/latency-board.ts';
import type { RequestSelection } from './request-reading.ts';
import { absence, quantileMs, readActive, readHeat, readWindow } from './request-reading.ts';
import { selectRequests } from './request-reading.ts';
import type { SeriesStore } from './series-store.ts';

/** Rate window of every board: a p99 of less is a handful of requests (metrics facts, 2.7). */
export const WINDOW_SECONDS = 15;
/** A point counts as scraped when a scrape succeeded this shortly before it, or within its step. */
const TOLERANCE_MS = 2_000;

export type BoardQuery = BoardFilter & { readonly range: BoardRange };

export interface BoardPoint {
  readonly state: PointState;
  readonly values: Readonly<Record<BoardSeriesId, number | null>>;
  readonly heat: readonly number[];
}

const NOTHING: BoardPoint['values'] = {
  p50: null,
  p95: null,
  p99: null,
  requests: null,
  errors: null,
  inFlight: null,
};

/** Grid times (epoch seconds) of a range that ends at `untilMs`, oldest first, after `afterSeconds`. */
export function gridTimes(
  range: BoardRange,
  untilMs: number,
  afterSeconds: number = -Infinity,
): readonly number[] {
  const { seconds, stepSeconds } = BOARD_RANGES[range];
  const last = Math.floor(untilMs / 1000 / stepSeconds) * stepSeconds;
  const first = Math.max(last - seconds + stepSeconds, afterSeconds + stepSeconds);
  const count = Math.max(0, Math.floor((last - first) / stepSeconds) + 1);
  return Array.from({ length: count }, (_, index) => first + index * stepSeconds);
}

/** Upper bounds in seconds of the histograms that a query reads; the last is +Inf. */
export function boundsOf({ durations }: RequestSelection): readonly number[] {
  const kinds = new Set(durations.flatMap(({ samples }) => samples.values.at(-1)?.bounds ?? []));
  return [...kinds].sort((a, b) => a - b);
}

/** One point of a board. Depends on nothing after its time, so it never has to be changed. */
function pointAt(
  context: {
    readonly store: SeriesStore;
    readonly selection: RequestSelection;
    readonly bounds: readonly number[];
  },
  timeSeconds: number,
  stepSeconds: number,
): BoardPoint {
  const { store, selection, bounds } = context;
  const endMs = timeSeconds * 1000;
  const stepMs = stepSeconds * 1000;
  const fromMs = endMs - Math.max(TOLERANCE_MS, stepMs);
  const absent = absence(store, selection.instances, { fromMs, endMs });
  if (absent !== null) return { state: absent, values: NOTHING, heat: bounds.map(() => 0) };
  const window = readWindow(selection.durations, endMs, WINDOW_SECONDS * 1000);
  const inFlight = readActive(selection.active, fromMs, endMs);
  const heat = readHeat(selection.durations, bounds, { startMs: endMs - stepMs, endMs });
  if (window === null || window.requests === 0) {
    return { state: 'no_traffic', values: { ...NOTHING, requests: 0, inFlight }, heat };
  }
  return {
    state: 'value',
    values: {
      p50: quantileMs(0.5, window),
      p95: quantileMs(0.95, window),
      p99: quantileMs(0.99, window),
      requests: window.requests / WINDOW_SECONDS,
      errors: window.serverErrors / window.requests,
      inFlight,
    },
    heat,
  };
}

export interface BoardEvaluation {
  readonly frame: BoardFrame;
  /** In seconds, the last is +Inf. */
  readonly bounds: readonly number[];
  readonly selection: RequestSelection;
}

/** Evaluates a board at the given grid times, from nothing but the store. */
export function evaluateBoard(
  store: SeriesStore,
  query: BoardQuery,
  times: readonly number[],
): BoardEvaluation {
  const selection = selectRequests(store, query);
  const bounds = boundsOf(selection);
  const { stepSeconds } = BOARD_RANGES[query.range];
  const points = times.map((time) => pointAt({ store, selection, bounds }, time, stepSeconds));
  return { frame: toFrame(times, points), bounds, selection };
}

function toFrame(times: readonly number[], points: readonly BoardPoint[]): BoardFrame {
  const column = (id: BoardSeriesId): readonly (number | null)[] =>
    points.map((point) => point.values[id]);
  const series = Object.fromEntries(BOARD_SERIES.map((id) => [id, column(id)]));
  return {
    times,
    states: points.map((point) => point.state),
    series: series as Record<BoardSeriesId, readonly (number | null)[]>,
    heat: points.map((point) => point.heat),
  };
}
