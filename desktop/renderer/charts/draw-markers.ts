import type uPlot from 'uplot';
import type { Marker } from '../../shared/domain/latency-board.ts';
import { placeLabels } from './place-labels.ts';
import { colour } from './theme-colours.ts';

const COLOURS = {
  deploy: '--c1',
  roll_back: '--warn',
  restart: '--text-3',
  key: '--c3',
} as const satisfies Record<Marker['kind'], `--${string}`>;

const ROW_HEIGHT = 15;

interface Standing {
  readonly marker: Marker;
  readonly x: number;
}

function standing(chart: uPlot, markers: readonly Marker[]): readonly Standing[] {
  const { left, width } = chart.bbox;
  return markers
    .map((marker) => ({ marker, x: chart.valToPos(marker.at / 1_000, 'x', true) }))
    .filter(({ x }) => x >= left && x <= left + width)
    .sort((a, b) => a.x - b.x);
}

function drawLine(chart: uPlot, { marker, x }: Standing): void {
  const { ctx, bbox } = chart;
  const size = 4 * devicePixelRatio;
  ctx.strokeStyle = colour(COLOURS[marker.kind]);
  ctx.fillStyle = colour(COLOURS[marker.kind]);
  ctx.lineWidth = 1.4 * devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top - size);
  ctx.lineTo(x + size, bbox.top);
  ctx.lineTo(x, bbox.top + size);
  ctx.lineTo(x - size, bbox.top);
  ctx.fill();
}

function drawWords(chart: uPlot, lines: readonly Standing[]): void {
  const { ctx, bbox } = chart;
  ctx.font = `600 ${String(12 * devicePixelRatio)}px "Inter Variable", sans-serif`;
  ctx.textBaseline = 'top';
  ctx.fillStyle = colour('--text-2');
  const wanted = lines.map(({ marker, x }) => ({ x, width: ctx.measureText(marker.label).width }));
  placeLabels(wanted, bbox.left + bbox.width).forEach((place, index) => {
    const line = lines[index];
    if (place === null || line === undefined) return;
    ctx.textAlign = place.align;
    ctx.fillText(
      line.marker.label,
      place.x,
      bbox.top + (1 + place.row * ROW_HEIGHT) * devicePixelRatio,
    );
  });
}

/** Draws what changed the stack: dashed verticals with a diamond, and the word where it is asked. */
export function drawMarkers(chart: uPlot, markers: readonly Marker[], withWords: boolean): void {
  const lines = standing(chart, markers);
  chart.ctx.save();
  for (const line of lines) drawLine(chart, line);
  if (withWords) drawWords(chart, lines);
  chart.ctx.restore();
}
