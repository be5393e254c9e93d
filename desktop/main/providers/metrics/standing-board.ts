import type { BoardReading } from '../../ports/metrics-source.ts';
import { BOARD_RANGES } from '../../../shared/domain/latency-board.ts';
import type { BoardQuery } from './board-points.ts';
import { evaluateBoard, gridTimes, WINDOW_SECONDS } from './board-points.ts';
import { listedInstances, scrapedAt } from './request-reading.ts';
import type { SeriesStore } from './series-store.ts';

/** How far back an instance may have been listed to be counted as running. */
const LISTED_WITHIN_MS = 2_000;

/**
 * A board that somebody watches. Each reading evaluates only the grid points that are new; put
 * together they equal a full evaluation, because a point depends on nothing after its time.
 */
export class StandingBoard {
  readonly #store: SeriesStore;
  readonly #query: BoardQuery;
  #lastTime: number | null = null;
  #bounds: readonly number[] = [];

  constructor(store: SeriesStore, query: BoardQuery) {
    this.#store = store;
    this.#query = query;
  }

  /** The whole board at first and whenever its buckets changed, else what is new since last time. */
  read(nowMs: number): BoardReading {
    const untilMs = this.#store.horizon ?? nowMs;
    const last = this.#lastTime;
    if (last !== null && !this.#isBehind(untilMs, last)) {
      const times = gridTimes(this.#query.range, untilMs, last);
      const appended = evaluateBoard(this.#store, this.#query, times);
      if (sameBounds(appended.bounds, this.#bounds)) {
        return this.#reading('append', appended, untilMs);
      }
    }
    const times = gridTimes(this.#query.range, untilMs);
    return this.#reading('full', evaluateBoard(this.#store, this.#query, times), untilMs);
  }

  /** Nothing that was sent would still be in the picture, as after the machine slept. */
  #isBehind(untilMs: number, lastTime: number): boolean {
    return untilMs / 1000 - lastTime > BOARD_RANGES[this.#query.range].seconds;
  }

  #reading(
    kind: BoardReading['kind'],
    evaluation: ReturnType<typeof evaluateBoard>,
    untilMs: number,
  ): BoardReading {
    const { frame, bounds, selection } = evaluation;
    this.#bounds = bounds;
    this.#lastTime = frame.times.at(-1) ?? this.#lastTime;
    return {
      kind,
      frame,
      boundsMs: bounds.slice(0, -1).map(toMilliseconds),
      windowSeconds: WINDOW_SECONDS,
      instances: listedInstances(selection.instances, untilMs - LISTED_WITHIN_MS, untilMs),
      scrapedAt: scrapedAt(this.#store, this.#query.service),
    };
  }
}

/** 0.3 s is 300 ms, not 299.99999999999994. */
function toMilliseconds(seconds: number): number {
  return Number((seconds * 1000).toPrecision(12));
}

function sameBounds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((bound, index) => bound === b[index]);
}
