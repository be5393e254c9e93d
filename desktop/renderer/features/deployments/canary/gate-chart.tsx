import type { ReactElement } from 'react';
import type { CanaryEvaluation, GateId, GateReading } from '../../../../shared/domain/canary.ts';
import { GATE_TITLES, limitText, valueText } from './canary-view.ts';

const WIDTH = 220;
const HEIGHT = 44;
const PAD = 4;
/** More points than pixels say nothing. */
const SHOWN = 40;

interface GateChartProps {
  readonly id: GateId;
  readonly evaluations: readonly CanaryEvaluation[];
}

/** The gate's value at each evaluation, and the line that it must not cross. */
export function GateChart({ id, evaluations }: GateChartProps): ReactElement | null {
  const readings = evaluations
    .slice(-SHOWN)
    .flatMap(({ gates }) => gates.filter((gate) => gate.id === id));
  const last = readings.at(-1);
  if (last === undefined) return null;
  const top = Math.max(last.threshold, ...readings.map(({ value }) => value ?? 0)) * 1.1 || 1;
  const y = (value: number): number =>
    HEIGHT - PAD - (Math.max(0, value) / top) * (HEIGHT - 2 * PAD);
  const x = (index: number): number =>
    PAD + (index * (WIDTH - 2 * PAD)) / Math.max(1, readings.length - 1);
  return (
    <svg
      className="gate-chart"
      viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${GATE_TITLES[id]}: ${valueText(last)}, ${limitText(last)}`}
    >
      <line
        className="gate-limit"
        x1="0"
        x2={WIDTH}
        y1={y(last.threshold)}
        y2={y(last.threshold)}
      />
      {lines(readings).map((line) => (
        <polyline
          key={line[0]?.index}
          className="gate-line"
          points={line
            .map(({ index, value }) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`)
            .join(' ')}
        />
      ))}
      {readings.map(({ value, verdict }, index) =>
        value === null ? null : (
          <circle
            key={`${String(index)}-${verdict}`}
            className={`gate-point gate-${verdict}`}
            cx={x(index)}
            cy={y(value)}
            r="2"
          />
        ),
      )}
    </svg>
  );
}

interface Point {
  readonly index: number;
  readonly value: number;
}

/** Runs of points with a value: where there is none, the line has a gap. */
function lines(readings: readonly GateReading[]): readonly (readonly Point[])[] {
  const runs: Point[][] = [[]];
  readings.forEach(({ value }, index) => {
    if (value === null) runs.push([]);
    else runs.at(-1)?.push({ index, value });
  });
  return runs.filter((run) => run.length > 1);
}
