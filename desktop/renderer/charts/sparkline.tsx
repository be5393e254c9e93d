import type { ReactElement } from 'react';

/** Values left to right; null where there was none. */
export type SparkValues = readonly (number | null)[];

interface SparklineProps {
  readonly values: SparkValues;
  /** What it shows, in words, with the newest value. */
  readonly label: string;
  readonly tone?: 'plain' | 'warn' | 'bad';
  readonly width?: number;
  readonly height?: number;
  /** Top of the scale; the largest value when it isn't given. */
  readonly max?: number;
}

const TONES = { plain: 'var(--c1)', warn: 'var(--warn)', bad: 'var(--bad)' } as const;

interface Run {
  readonly start: number;
  readonly values: readonly number[];
}

/** Splits values at their gaps: a gap is never bridged by a line. */
export function runsOf(values: SparkValues): readonly Run[] {
  const runs: { start: number; values: number[] }[] = [];
  values.forEach((value, index) => {
    if (value === null) return;
    const last = runs.at(-1);
    if (last !== undefined && last.start + last.values.length === index) last.values.push(value);
    else runs.push({ start: index, values: [value] });
  });
  return runs;
}

/** A small picture of the last values: line over a tint, zero based, gaps kept. */
export function Sparkline(props: SparklineProps): ReactElement {
  const { values, label, tone = 'plain', width = 64, height = 22 } = props;
  const top = props.max ?? Math.max(0, ...values.filter((value) => value !== null));
  const scale = top > 0 ? (height - 2) / (top * 1.08) : 0;
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const x = (index: number): string => (index * step).toFixed(1);
  const y = (value: number): string => (height - 1 - value * scale).toFixed(1);
  return (
    <svg
      className="sparkline"
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${String(width)} ${String(height)}`}
      preserveAspectRatio="none"
      style={{ color: TONES[tone] }}
    >
      {runsOf(values).map((run) => {
        const line = run.values.map((value, at) => `${x(run.start + at)},${y(value)}`).join('L');
        const end = x(run.start + run.values.length - 1);
        return (
          <g key={run.start}>
            <path
              d={`M${x(run.start)},${String(height)}L${line}L${end},${String(height)}Z`}
              fill="currentColor"
              opacity="0.14"
            />
            <path
              d={`M${line}${run.values.length === 1 ? 'h0.1' : ''}`}
              fill="none"
              stroke="currentColor"
              strokeWidth="1.4"
              strokeLinejoin="round"
              strokeLinecap="round"
              vectorEffect="non-scaling-stroke"
            />
          </g>
        );
      })}
    </svg>
  );
}
