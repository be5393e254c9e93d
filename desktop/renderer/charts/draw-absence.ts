import type uPlot from 'uplot';
import type { PointState } from '../../shared/domain/latency-board.ts';
import { colour, faded } from './theme-colours.ts';

/** A stretch of points in the same state. */
export interface StateRun {
  readonly state: Exclude<PointState, 'value'>;
  readonly from: number;
  readonly to: number;
}

/** Joins neighbours of the same state; only those without a value. */
export function absenceRuns(states: readonly PointState[]): readonly StateRun[] {
  const runs: { state: StateRun['state']; from: number; to: number }[] = [];
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

const WORDS = { no_traffic: 'no traffic', gap: 'not measured', stale: 'no instance' } as const;
const WORD_ROOM = 24;

/** Says why there is no line, where the stretch is wide enough for the words. */
function drawWord(chart: uPlot, word: string, span: readonly [from: number, to: number]): void {
  const { ctx, bbox } = chart;
  const [from, to] = span;
  ctx.font = `500 ${String(12 * devicePixelRatio)}px "Inter Variable", Inter, sans-serif`;
  if (ctx.measureText(word).width + WORD_ROOM * devicePixelRatio > to - from) return;
  ctx.fillStyle = colour('--text-3');
  ctx.textAlign = 'center';
  ctx.textBaseline = 'bottom';
  ctx.fillText(word, (from + to) / 2, bbox.top + bbox.height - 6 * devicePixelRatio);
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
    drawWord(chart, WORDS[run.state], [from, to]);
  }
  chart.ctx.restore();
}
