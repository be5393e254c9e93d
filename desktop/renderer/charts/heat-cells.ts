import type { BoardColumns } from './board-columns.ts';

/** Columns of the heat map: time from left to right, each with its requests per bucket. */
export interface HeatCells {
  /** Index of the lowest and the highest bucket that is shown. */
  readonly lowest: number;
  readonly highest: number;
  /** Largest number in one cell, at least 1. */
  readonly peak: number;
  /** Per column: its left and right edge as a share of the width, and the requests by bucket. */
  readonly columns: readonly {
    readonly from: number;
    readonly to: number;
    readonly counts: readonly number[];
  }[];
}

const LEAST_ROWS = 6;

function addInto(sum: number[], counts: readonly number[]): void {
  counts.forEach((count, index) => {
    sum[index] = (sum[index] ?? 0) + count;
  });
}

/** The used buckets with one more on each side, never fewer than six rows. */
function shownRows(
  totals: readonly number[],
  buckets: number,
): readonly [lowest: number, highest: number] {
  const used = totals.flatMap((count, index) => (count > 0 ? [index] : []));
  const lowest = Math.max(0, (used[0] ?? 0) - 1);
  const highest = Math.min(buckets - 1, (used.at(-1) ?? buckets - 1) + 1);
  const missing = Math.max(0, LEAST_ROWS - (highest - lowest + 1));
  const top = Math.min(buckets - 1, highest + missing);
  return [Math.max(0, Math.min(lowest, top - LEAST_ROWS + 1)), top];
}

/**
 * Adds neighbouring points together until there are at most `maxColumns`.
 *
 * @param window the x axis in epoch seconds
 */
export function heatCells(
  board: Pick<BoardColumns, 'times' | 'heat'>,
  window: readonly [from: number, to: number],
  maxColumns: number,
): HeatCells {
  const { times, heat } = board;
  const [start, end] = window;
  const step = (times[1] ?? 1) - (times[0] ?? 0);
  const seconds = Math.max(step, Math.ceil((end - start) / step / Math.max(1, maxColumns)) * step);
  const grid = new Map<number, number[]>();
  const totals: number[] = [];
  times.forEach((time, index) => {
    // Columns stand on a grid of absolute time, so that they don't change as the picture moves.
    const column = Math.floor(time / seconds);
    const sum = grid.get(column) ?? [];
    grid.set(column, sum);
    addInto(sum, heat[index] ?? []);
    addInto(totals, heat[index] ?? []);
  });
  const share = (time: number): number => (time - start) / (end - start);
  const columns = [...grid].map(([column, counts]) => ({
    from: share(column * seconds - step),
    to: share((column + 1) * seconds - step),
    counts,
  }));
  const [lowest, highest] = shownRows(totals, Math.max(1, totals.length));
  const peak = columns.reduce((most, { counts }) => Math.max(most, ...counts), 1);
  return { lowest, highest, peak, columns };
}
