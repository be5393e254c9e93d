import type uPlot from 'uplot';
import { shortClock } from '../ui/format-time.ts';
import type { BoardStore } from './board-columns.ts';
import type { BoardSeriesId } from '../../shared/domain/latency-board.ts';
import { drawAbsence } from './draw-absence.ts';
import { drawMarkers } from './draw-markers.ts';
import { evenSplits, niceTop } from './nice-scale.ts';
import { colour, faded } from './theme-colours.ts';

/** One line of a panel. */
export interface ChartLine {
  readonly id: BoardSeriesId;
  readonly colour: `--${string}`;
  readonly width: number;
  /** Second sign beside the colour, for print and for those who can't tell hues apart. */
  readonly dash?: readonly number[];
}

/** How a panel looks; the values come from the store. */
export interface ChartShape {
  readonly lines: readonly ChartLine[];
  /** Tints the area between two lines, by their place in `lines`. */
  readonly band?: readonly [from: number, to: number];
  /** Tints the area under the first line. */
  readonly fill?: boolean;
  readonly splits: number;
  /** Top of the axis when everything is smaller. */
  readonly least: number;
  readonly axisText: (value: number) => string;
  readonly withMarkerWords?: boolean;
}

const FONT = '500 12px "Inter Variable", Inter, sans-serif';
const TICKS_SECONDS = { '5m': 60, '15m': 180, '1h': 600 } as const;
const Y_AXIS_WIDTH = 50;
/** Half of a clock time on the axis, in pixels. */
const HALF_WORD = 16;

/** Leaves out the words that would be cut at either end of the axis. */
function insideTicks(chart: uPlot, splits: number[]): (number | null)[] {
  const width = chart.over.clientWidth;
  return splits.map((seconds) => {
    const x = chart.valToPos(seconds, 'x');
    return x < HALF_WORD || x > width - HALF_WORD ? null : seconds;
  });
}

function axes(shape: ChartShape, store: BoardStore): uPlot.Axis[] {
  const text = (): string => colour('--text-3');
  return [
    {
      stroke: text,
      font: FONT,
      grid: { show: false },
      ticks: { show: false },
      incrs: [TICKS_SECONDS[store.range], TICKS_SECONDS[store.range] * 2, 3_600],
      space: 46,
      size: 24,
      gap: 5,
      filter: insideTicks,
      values: (_, splits: readonly (number | null)[]) =>
        splits.map((seconds) => (seconds === null ? '' : shortClock(seconds * 1_000))),
    },
    {
      stroke: text,
      font: FONT,
      grid: { stroke: () => colour('--line'), width: 1 },
      ticks: { show: false },
      size: Y_AXIS_WIDTH,
      gap: 8,
      splits: (chart) => evenSplits(chart.scales['y']?.max ?? shape.least, shape.splits),
      values: (_, splits) => splits.map(shape.axisText),
    },
  ];
}

function series(shape: ChartShape): uPlot.Series[] {
  const first = shape.lines[0];
  return [
    {},
    ...shape.lines.map((line): uPlot.Series => ({
      stroke: () => colour(line.colour),
      width: line.width,
      ...(line.dash && { dash: [...line.dash] }),
      ...(shape.fill === true && line === first && { fill: () => faded(line.colour, 0.1) }),
      points: { show: false },
      spanGaps: false,
    })),
  ];
}

function bands(shape: ChartShape): uPlot.Band[] {
  if (shape.band === undefined) return [];
  const [from, to] = shape.band;
  const line = shape.lines[to];
  if (line === undefined) return [];
  return [{ series: [to + 1, from + 1], fill: () => faded('--q95', 0.11) }];
}

function cursor(shape: ChartShape, syncKey: string): uPlot.Cursor {
  return {
    y: false,
    drag: { x: false, y: false },
    sync: { key: syncKey, setSeries: false },
    points: {
      size: 8,
      width: 2,
      fill: () => colour('--panel'),
      stroke: (_, index) => colour(shape.lines[index - 1]?.colour ?? '--text-3'),
    },
  };
}

/** The board's columns in the order of the panel's lines. */
export function alignedColumns(store: BoardStore, shape: ChartShape): uPlot.AlignedData {
  const { times, series: columns } = store.columns;
  return [times, ...shape.lines.map((line) => columns[line.id])];
}

interface ChartTies {
  readonly store: BoardStore;
  readonly syncKey: string;
  readonly onCursor: (chart: uPlot) => void;
}

interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** Everything uPlot wants to know about a panel. Colours are read when it draws. */
export function chartOptions(shape: ChartShape, ties: ChartTies, size: ChartSize): uPlot.Options {
  const { store, syncKey, onCursor } = ties;
  return {
    ...size,
    padding: [10, 6, 0, 0],
    legend: { show: false },
    cursor: cursor(shape, syncKey),
    scales: {
      x: { time: true, range: () => [...store.window(Date.now())] },
      y: { range: (_, __, largest) => [0, niceTop(largest, shape.least)] },
    },
    axes: axes(shape, store),
    series: series(shape),
    bands: bands(shape),
    hooks: {
      drawAxes: [
        (chart) => {
          drawAbsence(chart, store.columns.times, store.columns.states);
        },
      ],
      draw: [
        (chart) => {
          drawMarkers(chart, store.markers, shape.withMarkerWords ?? false);
        },
      ],
      setCursor: [onCursor],
    },
  };
}
