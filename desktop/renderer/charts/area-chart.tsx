import { Area, AreaChart as Chart, ResponsiveContainer, Tooltip, YAxis } from 'recharts';
import type { ReactElement } from 'react';

/** One point of a card's chart. */
export interface AreaPoint {
  /** Epoch ms. */
  readonly at: number;
  readonly value: number | null;
}

interface AreaChartProps {
  readonly points: readonly AreaPoint[];
  readonly tone: 'plain' | 'warn' | 'bad';
  /** Text of a point for the tooltip. */
  readonly describe: (point: AreaPoint) => string;
}

const COLOURS = { plain: 'var(--c1)', warn: 'var(--warn)', bad: 'var(--bad)' } as const;

/** Until the card has been measured. */
const FIRST_SIZE = { width: 280, height: 120 };

interface TipProps {
  readonly active?: boolean;
  readonly payload?: readonly { readonly payload?: unknown }[];
}

function isPoint(value: unknown): value is AreaPoint {
  return typeof value === 'object' && value !== null && 'at' in value && 'value' in value;
}

/**
 * The area of a card: at most some sixty points, redrawn every quarter of a minute, so recharts is
 * good enough here. Loaded lazily: the start bundle knows nothing of it. Whoever shows it names it.
 */
export function AreaChart({ points, tone, describe }: AreaChartProps): ReactElement {
  const colour = COLOURS[tone];
  const tip = ({ active = false, payload = [] }: TipProps): ReactElement | null => {
    const point = payload[0]?.payload;
    if (!active || !isPoint(point)) return null;
    return <div className="chart-tip">{describe(point)}</div>;
  };
  return (
    <ResponsiveContainer width="100%" height="100%" initialDimension={FIRST_SIZE}>
      <Chart
        data={[...points]}
        accessibilityLayer={false}
        margin={{ top: 4, right: 0, bottom: 0, left: 0 }}
      >
        <YAxis hide domain={[0, (top: number) => Math.max(top * 1.15, 0.001)]} />
        <Tooltip
          content={tip}
          cursor={{ stroke: 'var(--line-strong)' }}
          isAnimationActive={false}
        />
        <Area
          type="linear"
          dataKey="value"
          stroke={colour}
          strokeWidth={1.6}
          fill={colour}
          fillOpacity={0.13}
          dot={false}
          activeDot={{ r: 3, stroke: colour, fill: 'var(--panel)', strokeWidth: 2 }}
          connectNulls={false}
          isAnimationActive={false}
        />
      </Chart>
    </ResponsiveContainer>
  );
}
