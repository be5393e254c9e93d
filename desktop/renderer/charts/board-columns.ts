import { BOARD_RANGES, BOARD_SERIES } from '../../shared/domain/latency-board.ts';
import type {
  BoardFrame,
  BoardRange,
  BoardSeriesId,
  BoardUpdate,
  Marker,
  PointState,
} from '../../shared/domain/latency-board.ts';

type Column = (number | null)[];

/** What every panel of a board draws from. Arrays are changed in place; nobody else may keep them. */
export interface BoardColumns {
  /** Epoch seconds. */
  readonly times: number[];
  readonly states: PointState[];
  readonly series: Readonly<Record<BoardSeriesId, Column>>;
  readonly heat: (readonly number[])[];
}

function emptyColumns(): BoardColumns {
  return {
    times: [],
    states: [],
    series: { p50: [], p95: [], p99: [], requests: [], errors: [], inFlight: [] },
    heat: [],
  };
}

/** Where a time belongs: its own place, or the end. Frames only ever touch the newest points. */
function placeOf(times: readonly number[], time: number): number {
  let at = times.length;
  while (at > 0 && (times[at - 1] ?? -Infinity) >= time) at -= 1;
  return at;
}

function writePoint(columns: BoardColumns, frame: BoardFrame, from: number): void {
  const time = frame.times[from];
  if (time === undefined) return;
  const at = placeOf(columns.times, time);
  // A time that stands already is replaced; one that was skipped is put in its place.
  const replaced = columns.times[at] === time ? 1 : 0;
  columns.times.splice(at, replaced, time);
  columns.states.splice(at, replaced, frame.states[from] ?? 'gap');
  columns.heat.splice(at, replaced, frame.heat[from] ?? []);
  for (const id of BOARD_SERIES) {
    columns.series[id].splice(at, replaced, frame.series[id][from] ?? null);
  }
}

function dropBefore(columns: BoardColumns, oldest: number): void {
  const kept = columns.times.findIndex((time) => time >= oldest);
  const drop = kept < 0 ? columns.times.length : kept;
  if (drop === 0) return;
  columns.times.splice(0, drop);
  columns.states.splice(0, drop);
  columns.heat.splice(0, drop);
  for (const id of BOARD_SERIES) columns.series[id].splice(0, drop);
}

/** The newest values of a board in one place, for the panels to draw and the legend to read. */
export class BoardStore {
  readonly range: BoardRange;
  columns: BoardColumns = emptyColumns();
  markers: readonly Marker[] = [];
  boundsMs: readonly number[] = [];
  windowSeconds = 0;
  instances = 0;
  scrapedAt: number | null = null;
  private version = 0;
  private readonly listeners = new Set<() => void>();

  constructor(range: BoardRange) {
    this.range = range;
  }

  /** Takes a frame: a full one replaces everything, an appended one adds its points. */
  apply(update: BoardUpdate): void {
    if (update.kind === 'full') this.columns = emptyColumns();
    update.frame.times.forEach((_, index) => {
      writePoint(this.columns, update.frame, index);
    });
    const last = this.columns.times.at(-1);
    if (last !== undefined) dropBefore(this.columns, last - BOARD_RANGES[this.range].seconds);
    this.markers = update.markers;
    this.boundsMs = update.boundsMs;
    this.windowSeconds = update.windowSeconds;
    this.instances = update.instances;
    this.scrapedAt = update.scrapedAt;
    this.version += 1;
    for (const listener of this.listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  /** Changes with every update; a snapshot for React. */
  readonly readVersion = (): number => this.version;

  /** The window of time on the x axis: it ends with the newest point and moves on with the clock. */
  window(now: number): readonly [from: number, to: number] {
    const last = this.columns.times.at(-1) ?? 0;
    const late = now / 1_000 - last > LATE_SECONDS + BOARD_RANGES[this.range].stepSeconds;
    const end = late ? now / 1_000 : last;
    return [end - BOARD_RANGES[this.range].seconds, end];
  }
}

/** Older than this, the newest point no longer stands for now and the axis leaves it behind. */
const LATE_SECONDS = 3;

/** Newest value of a series, null when the newest point has none. */
export function lastValue(store: BoardStore, id: BoardSeriesId): number | null {
  return store.columns.series[id].at(-1) ?? null;
}
