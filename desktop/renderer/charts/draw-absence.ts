import type uPlot from 'uplot';
import type { PointState } from '../../shared/domain/latency-board.ts';
import { colour, faded } from './theme-colours.ts';

/** A stretch of points in the same state. */
export interface StateRun {
  readonly state: PointState;
  readonly from: number;
  readonly to: number;
}

/** Joins neighbours of the same state; only those without a value. */
export function absenceRuns(states: readonly PointState[]): readonly StateRun[] {
  const runs: { state: PointState; from: number; to: number }[] = [];
  states.forEach((state, index) => {
    if (state === 'value') return;
    const last = runs.at(-1);
    if (last?.state === state && last.to === index - 1) last.to = index;
    else runs.push({ state, from: index, to: index });
  });
  return runs;
}

function drawSilence(chart: uPlot, from: number, to: number): void {
  const { ctx, bbox } = chart;
  const base = bbox.top + bbox.height - devicePixelRatio;
  ctx.strokeStyle = colour('--text-3');
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(from, base);
  ctx.lineTo(to, base);
  ctx.stroke();
  ctx.setLineDash([]);
}

function drawGap(chart: uPlot, from: number, to: number): void {
  const { ctx, bbox } = chart;
  ctx.fillStyle = faded('--idle', 0.1);
  ctx.fillRect(from, bbox.top, to - from, bbox.height);
}

/**
 * Draws where there is no line and why: dots on the baseline where nobody asked, a grey stretch
 * where nothing was measured.
 */
export function drawAbsence(
  chart: uPlot,
  times: readonly number[],
  states: readonly PointState[],
): void {
  const step = (times[1] ?? 0) - (times[0] ?? 0);
  const { left, width } = chart.bbox;
  const at = (time: number): number =>
    Math.min(left + width, Math.max(left, chart.valToPos(time, 'x', true)));
  chart.ctx.save();
  for (const run of absenceRuns(states)) {
    const from = at((times[run.from] ?? 0) - step / 2);
    const to = at((times[run.to] ?? 0) + step / 2);
    if (run.state === 'no_traffic') drawSilence(chart, from, to);
    else drawGap(chart, from, to);
  }
  chart.ctx.restore();
}
