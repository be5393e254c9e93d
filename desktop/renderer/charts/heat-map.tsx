import './charts.css';
import { useEffect, useRef } from 'react';
import type { ReactElement } from 'react';
import { shortClock } from '../ui/format-time.ts';
import type { BoardStore } from './board-columns.ts';
import type { Crosshair } from './crosshair.ts';
import { scheduleDraw } from './frame-scheduler.ts';
import { heatCells } from './heat-cells.ts';
import type { HeatCells } from './heat-cells.ts';
import { colour, onThemeChange } from './theme-colours.ts';

const LEFT = 46;
const BOTTOM = 22;
const COLUMN_WIDTH = 5;
const LABEL_HEIGHT = 22;
const TICK_MS = 1_000;

interface Area {
  readonly width: number;
  readonly height: number;
}

/** Upper bound of a bucket: 50, 1 s, and over the last bound. */
export function bucketLabel(bounds: readonly number[], index: number): string {
  const bound = bounds[index];
  if (bound === undefined) return 'over';
  return bound >= 1_000 ? `${String(bound / 1_000)} s` : String(bound);
}

function drawCells(context: CanvasRenderingContext2D, cells: HeatCells, area: Area): void {
  const rows = cells.highest - cells.lowest + 1;
  const rowHeight = area.height / rows;
  context.fillStyle = colour('--q99');
  for (const column of cells.columns) {
    const left = LEFT + Math.max(0, column.from) * area.width;
    const width = LEFT + column.to * area.width - left - 0.6;
    if (width <= 0) continue;
    for (let row = 0; row < rows; row += 1) {
      const count = column.counts[cells.highest - row] ?? 0;
      if (count === 0) continue;
      // The root lifts rare slow requests out of the background.
      context.globalAlpha = 0.06 + 0.94 * Math.sqrt(count / cells.peak);
      context.fillRect(left, row * rowHeight, width, rowHeight - 1);
    }
  }
  context.globalAlpha = 1;
}

function drawLabels(
  context: CanvasRenderingContext2D,
  cells: HeatCells,
  scene: { readonly area: Area; readonly store: BoardStore },
): void {
  const { area, store } = scene;
  const rows = cells.highest - cells.lowest + 1;
  const rowHeight = area.height / rows;
  const every = Math.max(1, Math.ceil(LABEL_HEIGHT / rowHeight));
  context.font = '500 12px "Inter Variable", Inter, sans-serif';
  context.fillStyle = colour('--text-3');
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (let row = 0; row < rows; row += every) {
    const label = bucketLabel(store.boundsMs, cells.highest - row);
    context.fillText(label, LEFT - 8, row * rowHeight + rowHeight / 2);
  }
  const [from, to] = store.window(Date.now());
  context.textBaseline = 'alphabetic';
  context.fillText(shortClock(to * 1_000), LEFT + area.width, area.height + BOTTOM - 5);
  context.textAlign = 'left';
  context.fillText(shortClock(from * 1_000), LEFT, area.height + BOTTOM - 5);
}

function drawHeat(canvas: HTMLCanvasElement, store: BoardStore): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const { clientWidth, clientHeight } = canvas;
  canvas.width = Math.round(clientWidth * devicePixelRatio);
  canvas.height = Math.round(clientHeight * devicePixelRatio);
  context.scale(devicePixelRatio, devicePixelRatio);
  const area = { width: clientWidth - LEFT - 6, height: clientHeight - BOTTOM };
  if (area.width <= 0 || area.height <= 0) return;
  const maxColumns = Math.floor(area.width / COLUMN_WIDTH);
  const cells = heatCells(store.columns, store.window(Date.now()), maxColumns);
  drawCells(context, cells, area);
  drawLabels(context, cells, { area, store });
}

function moveLine(line: HTMLElement, store: BoardStore, crosshair: Crosshair): void {
  const point = crosshair.read();
  const time = point === null ? undefined : store.columns.times[point.index];
  line.hidden = time === undefined;
  if (time === undefined) return;
  const [from, to] = store.window(Date.now());
  const width = (line.parentElement?.clientWidth ?? 0) - LEFT - 6;
  line.style.left = `${String(LEFT + ((time - from) / (to - from)) * width)}px`;
}

interface HeatMapProps {
  readonly store: BoardStore;
  readonly crosshair: Crosshair;
  readonly label: string;
}

/** Requests by bucket over time, one hue by opacity, on its own canvas. */
export function HeatMap({ store, crosshair, label }: HeatMapProps): ReactElement {
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const lineRef = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const canvas = canvasRef.current;
    const line = lineRef.current;
    if (canvas === null || line === null) return;
    const draw = (): void => {
      drawHeat(canvas, store);
    };
    const ask = (): void => {
      scheduleDraw(draw);
    };
    const resize = new ResizeObserver(ask);
    resize.observe(canvas);
    const timer = setInterval(ask, TICK_MS);
    const stops = [
      store.subscribe(ask),
      onThemeChange(ask),
      crosshair.subscribe(() => {
        moveLine(line, store, crosshair);
      }),
    ];
    ask();
    return () => {
      clearInterval(timer);
      resize.disconnect();
      for (const stop of stops) stop();
    };
  }, [store, crosshair]);
  return (
    <div className="heat-map" role="img" aria-label={label}>
      <canvas ref={canvasRef} />
      <div ref={lineRef} className="heat-line" hidden />
    </div>
  );
}
