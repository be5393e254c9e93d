import 'uplot/dist/uPlot.min.css';
import './charts.css';
import { useEffect, useRef } from 'react';
import type { ReactElement } from 'react';
import uPlot from 'uplot';
import type { BoardStore } from './board-columns.ts';
import { alignedColumns, chartOptions } from './chart-options.ts';
import type { ChartShape } from './chart-options.ts';
import type { Crosshair } from './crosshair.ts';
import { scheduleDraw } from './frame-scheduler.ts';
import { onThemeChange } from './theme-colours.ts';

interface LiveChartProps {
  readonly store: BoardStore;
  readonly crosshair: Crosshair;
  readonly shape: ChartShape;
  /** What it shows, in words; the values stand in a table beside it. */
  readonly label: string;
}

/** Panels of one board share a crosshair; there is one board on screen. */
const SYNC_KEY = 'board';
const TICK_MS = 1_000;

function reportCursor(chart: uPlot, crosshair: Crosshair): void {
  const { idx, left, top, event } = chart.cursor;
  // Only the panel under the pointer speaks; the others are moved by the sync.
  if (!(event instanceof MouseEvent)) return;
  if (typeof idx !== 'number' || left === undefined || left < 0) {
    crosshair.move(null);
    return;
  }
  const area = chart.over.getBoundingClientRect();
  crosshair.move({ index: idx, x: area.left + left, y: area.top + (top ?? 0) });
}

/** Without a canvas there is no picture; the values still stand in the table. */
function canDraw(): boolean {
  return document.createElement('canvas').getContext('2d') !== null;
}

/** Makes the chart and keeps it in step with values, size, clock and theme. */
function mountChart(box: HTMLElement, props: LiveChartProps): () => void {
  const { store, crosshair, shape } = props;
  const size = { width: box.clientWidth, height: box.clientHeight };
  const ties = {
    store,
    syncKey: SYNC_KEY,
    onCursor: (chart: uPlot) => {
      reportCursor(chart, crosshair);
    },
  };
  const chart = new uPlot(chartOptions(shape, ties, size), alignedColumns(store, shape), box);
  const draw = (): void => {
    chart.setData(alignedColumns(store, shape));
  };
  const ask = (): void => {
    scheduleDraw(draw);
  };
  const resize = new ResizeObserver(() => {
    chart.setSize({ width: box.clientWidth, height: box.clientHeight });
  });
  resize.observe(box);
  const leave = (): void => {
    crosshair.move(null);
  };
  chart.over.addEventListener('pointerleave', leave);
  // The axis moves with the clock, also when no values come.
  const timer = setInterval(ask, TICK_MS);
  const stopValues = store.subscribe(ask);
  const stopTheme = onThemeChange(ask);
  return () => {
    clearInterval(timer);
    stopValues();
    stopTheme();
    resize.disconnect();
    chart.over.removeEventListener('pointerleave', leave);
    crosshair.move(null);
    chart.destroy();
  };
}

/** A panel that is redrawn outside of React, once a frame at most. */
export function LiveChart(props: LiveChartProps): ReactElement {
  const { store, crosshair, shape, label } = props;
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = ref.current;
    return box === null || !canDraw()
      ? undefined
      : mountChart(box, { store, crosshair, shape, label });
  }, [store, crosshair, shape, label]);
  return <div ref={ref} className="live-chart" role="img" aria-label={label} />;
}
