import type { ChartShape } from '../../charts/chart-options.ts';
import { NO_VALUE, threeDigits } from '../../ui/format-number.ts';

function plain(value: number): string {
  if (value >= 100) return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
  return String(Number(threeDigits(value)));
}

/** Response time: one hue in three depths, the band between p50 and p99 tinted. */
export const QUANTILES: ChartShape = {
  lines: [
    { id: 'p50', colour: '--q50', width: 1.6 },
    { id: 'p95', colour: '--q95', width: 1.6 },
    { id: 'p99', colour: '--q99', width: 2 },
  ],
  band: [0, 2],
  splits: 4,
  least: 4,
  axisText: plain,
  withMarkerWords: true,
};

export const REQUESTS: ChartShape = {
  lines: [{ id: 'requests', colour: '--c1', width: 1.5 }],
  fill: true,
  splits: 2,
  least: 2,
  axisText: plain,
};

export const ERRORS: ChartShape = {
  lines: [{ id: 'errors', colour: '--bad', width: 1.5 }],
  fill: true,
  splits: 2,
  least: 0.01,
  axisText: (ratio) => (Number.isFinite(ratio) ? `${plain(ratio * 100)} %` : NO_VALUE),
};

export const IN_FLIGHT: ChartShape = {
  lines: [{ id: 'inFlight', colour: '--c3', width: 1.5 }],
  fill: true,
  splits: 2,
  least: 4,
  axisText: plain,
};
