import { BOARD_RANGES } from '../../shared/domain/latency-board.ts';
import type {
  BoardFrame,
  BoardRange,
  BoardUpdate,
  Marker,
  PointState,
  RouteRow,
  ServiceFigures,
} from '../../shared/domain/latency-board.ts';
import { noise, wave } from './sample-wave.ts';

export const BOUNDS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500];

/** How a sample board looks: even, with a slow dependency at the end, or without any traffic. */
export type BoardMood = 'even' | 'slow' | 'silent';

interface Point {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly requests: number;
  readonly errors: number;
  readonly inFlight: number;
}

/** `place` is 0 at the left end of the picture and 1 at its right end. */
function pointAt(step: number, place: number, mood: BoardMood): Point {
  const slow = mood === 'slow' ? Math.max(0, place - 0.8) * 5 : 0;
  return {
    p50: wave(step, 14, 1) + slow * 150,
    p95: wave(step, 52, 2) + slow * 620,
    p99: wave(step, 98, 3) + slow * 840,
    requests: wave(step, 309, 4),
    errors: Math.max(0, (noise(step, 5) - 0.55) * 0.0012) + slow * 0.0042,
    inFlight: Math.max(0, Math.round(wave(step, 4, 6) + slow * 19)),
  };
}

function stateAt(place: number, mood: BoardMood): PointState {
  if (mood === 'silent') return 'no_traffic';
  if (place > 0.46 && place < 0.5) return 'gap';
  return place > 0.12 && place < 0.16 ? 'no_traffic' : 'value';
}

function heatAt(step: number, point: Point): number[] {
  const edges = [...BOUNDS_MS, Infinity];
  return edges.map((edge, index) => {
    const low = edges[index - 1] ?? 0;
    const near = point.p50 >= low && point.p50 < edge ? 1 : 0;
    const tail = point.p95 >= low && point.p95 < edge ? 0.35 : 0;
    const far = point.p99 >= low && point.p99 < edge ? 0.12 : 0;
    const spread = index > 0 && index < 5 ? 0.12 : 0;
    return Math.round((near + tail + far + spread * noise(step, index)) * point.requests);
  });
}

const NO_REQUESTS: Point = { p50: 0, p95: 0, p99: 0, requests: 0, errors: 0, inFlight: 0 };

/** The points of `steps` (numbers of the grid), the last of which stands at `lastStep`. */
function frameOf(steps: readonly number[], range: BoardRange, mood: BoardMood): BoardFrame {
  const { stepSeconds } = BOARD_RANGES[range];
  const size = BOARD_RANGES[range].seconds / stepSeconds;
  const last = steps.at(-1) ?? 0;
  const places = steps.map((step) => (steps.length === 1 ? 1 : 1 - (last - step) / size));
  const states = places.map((place) => stateAt(place, mood));
  const points = steps.map((step, at) =>
    states[at] === 'value' ? pointAt(step, places[at] ?? 1, mood) : NO_REQUESTS,
  );
  const quantile = (id: 'p50' | 'p95' | 'p99' | 'errors'): (number | null)[] =>
    points.map((point, at) => (states[at] === 'value' ? point[id] : null));
  const rate = (id: 'requests' | 'inFlight'): (number | null)[] =>
    points.map((point, at) => (states[at] === 'gap' ? null : point[id]));
  return {
    times: steps.map((step) => step * stepSeconds),
    states,
    series: {
      p50: quantile('p50'),
      p95: quantile('p95'),
      p99: quantile('p99'),
      requests: rate('requests'),
      errors: quantile('errors'),
      inFlight: rate('inFlight'),
    },
    heat: points.map((point, at) => heatAt(steps[at] ?? 0, point)),
  };
}

function markersAt(now: number, seconds: number): Marker[] {
  const at = (share: number): number => now - seconds * 1_000 * share;
  return [
    { id: 'm1', at: at(0.66), kind: 'deploy', label: 'backend-00018', service: 'backend' },
    { id: 'm2', at: at(0.52), kind: 'restart', label: 'restart', service: 'backend' },
    {
      id: 'm3',
      at: at(0.2),
      kind: 'roll_back',
      label: 'back to gateway-00042',
      service: 'gateway',
    },
  ];
}

/** The whole picture up to `now`. */
export function fullBoard(now: number, range: BoardRange, mood: BoardMood): BoardUpdate {
  const { seconds, stepSeconds } = BOARD_RANGES[range];
  const size = Math.round(seconds / stepSeconds);
  const last = Math.floor(now / 1_000 / stepSeconds);
  const steps = Array.from({ length: size }, (_, index) => last - size + 1 + index);
  return {
    kind: 'full',
    frame: frameOf(steps, range, mood),
    boundsMs: BOUNDS_MS,
    markers: mood === 'silent' ? [] : markersAt(now, seconds),
    windowSeconds: 15,
    instances: 2,
    scrapedAt: now,
  };
}

/** The new point of a second. */
export function appendedBoard(now: number, range: BoardRange, mood: BoardMood): BoardUpdate {
  const step = Math.floor(now / 1_000 / BOARD_RANGES[range].stepSeconds);
  return { ...fullBoard(now, range, mood), kind: 'append', frame: frameOf([step], range, mood) };
}

/** A board of a console that has just started: no points at all. */
export function emptyBoard(range: BoardRange): BoardUpdate {
  return {
    kind: 'full',
    frame: frameOf([], range, 'even'),
    boundsMs: BOUNDS_MS,
    markers: [],
    windowSeconds: 15,
    instances: 0,
    scrapedAt: null,
  };
}

/** Figures of both services at a second. */
export function figuresAt(now: number, mood: BoardMood): ServiceFigures[] {
  const second = Math.floor(now / 1_000);
  const isSilent = mood === 'silent';
  const spark = Array.from({ length: 60 }, (_, index) => {
    if (isSilent) return null;
    return index === 26 ? null : wave(Math.floor(second / 15) - 59 + index, 52, 2);
  });
  const p95 = Array.from({ length: 60 }, (_, index) =>
    isSilent ? null : pointAt(Math.floor(second / 15) + index, index / 59, mood).p95,
  );
  const base = { instances: 2, scrapedAt: now };
  const last = pointAt(second, 1, mood);
  return [
    {
      ...base,
      service: 'gateway',
      requestsPerSecond: isSilent ? 0 : wave(second, 312, 4),
      p95Ms: isSilent ? null : last.p95 + 0.4,
      addedP95Ms: isSilent ? null : 0.41,
      errorRatio: isSilent ? null : 0.0002,
      spark,
    },
    {
      ...base,
      service: 'backend',
      requestsPerSecond: isSilent ? 0 : wave(second, 309, 4),
      p95Ms: isSilent ? null : last.p95,
      addedP95Ms: null,
      errorRatio: isSilent ? null : last.errors,
      spark: p95,
    },
  ];
}

/** Routes of the backend over the last minute. */
export function routeRows(mood: BoardMood): RouteRow[] {
  const rows: readonly (readonly [string, string, number, number, number, number])[] = [
    ['GET', '/api/v1/omni/summary', 201, 131, 688, 0.006],
    ['POST', '/v1/embeddings', 84, 7.2, 19.4, 0],
    ['POST', '/v1/search', 21, 12.1, 46.3, 0.0005],
    ['GET', '/api/health', 3, 1.1, 2.3, 0],
  ];
  return rows.map(([method, route, rate, p50, p95, errorRatio], index) => ({
    method,
    route,
    requestsPerSecond: rate,
    p50Ms: p50,
    p95Ms: index === 0 && mood !== 'slow' ? 52 : p95,
    p99Ms: p95 * 1.4,
    errorRatio,
    spark: Array.from(
      { length: 60 },
      (_, at) => pointAt(at + index * 100, at / 59, index === 0 ? mood : 'even').p95,
    ),
  }));
}
