import { lazy, memo, Suspense } from 'react';
import type { ReactElement } from 'react';
import type { HealthNode } from '../../../shared/domain/health.ts';
import type { ServiceFigures } from '../../../shared/domain/latency-board.ts';
import type { Service } from '../../../shared/domain/revision.ts';
import type { AreaPoint } from '../../charts/area-chart.tsx';
import { Figure } from '../../ui/figure.tsx';
import { latency, percent, perSecond, text } from '../../ui/format-number.ts';
import { clockTime } from '../../ui/format-time.ts';
import { Panel } from '../../ui/panel.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Pill, Tag } from '../../ui/status-dot.tsx';
import { healthTone } from '../../ui/tone-of.ts';
import { TrafficBar } from '../../ui/traffic-bar.tsx';

const AreaChart = lazy(async () => ({
  default: (await import('../../charts/area-chart.tsx')).AreaChart,
}));

const SPARK_SECONDS = 900;

/**
 * The spark's values with their times; they stand on an even grid that ends at the last scrape.
 *
 * @param end epoch ms of the newest value
 */
export function sparkPoints(spark: ServiceFigures['spark'], end: number): readonly AreaPoint[] {
  const stepMs = (SPARK_SECONDS * 1_000) / Math.max(1, spark.length);
  return spark.map((value, index) => ({ at: end - (spark.length - 1 - index) * stepMs, value }));
}

function describePoint({ at, value }: AreaPoint): string {
  return `${clockTime(at)}  p95 ${text(latency(value))}`;
}

interface CardFiguresProps {
  readonly figures: ServiceFigures;
  readonly node: HealthNode | undefined;
}

function CardFigures({ figures, node }: CardFiguresProps): ReactElement {
  const tone = node?.state === 'warn' || node?.state === 'bad' ? node.state : 'plain';
  const isGateway = figures.service === 'gateway';
  return (
    <div className="figures">
      <Figure label="Requests" quantity={perSecond(figures.requestsPerSecond)} />
      <Figure label="p95" quantity={latency(figures.p95Ms)} tone={tone} />
      {isGateway && <Figure label="p95 added" quantity={latency(figures.addedP95Ms)} />}
      <Figure
        label="Errors"
        quantity={percent(figures.errorRatio)}
        tone={(figures.errorRatio ?? 0) >= 0.05 ? 'bad' : 'plain'}
      />
    </div>
  );
}

type ChartTone = 'plain' | 'warn' | 'bad';

interface SparkAreaProps {
  readonly spark: ServiceFigures['spark'];
  /** When the spark last changed. */
  readonly end: number;
  readonly tone: ChartTone;
}

/** Drawn again only when its own values change, every quarter of a minute, not with each figure. */
const SparkArea = memo(
  function SparkArea({ spark, end, tone }: SparkAreaProps): ReactElement {
    return <AreaChart points={sparkPoints(spark, end)} tone={tone} describe={describePoint} />;
  },
  (old, next) => old.spark === next.spark && old.tone === next.tone,
);

function CardChart({ figures, node }: CardFiguresProps): ReactElement {
  const { spark, scrapedAt, service, p95Ms } = figures;
  if (spark.every((value) => value === null)) {
    return <p className="card-silence meta">No traffic in the last 15 minutes</p>;
  }
  const tone = node?.state === 'warn' || node?.state === 'bad' ? node.state : 'plain';
  const label = `p95 of the ${service} in the last 15 minutes, now ${text(latency(p95Ms))}`;
  return (
    <div className="area-chart" role="img" aria-label={label}>
      <Suspense fallback={<Skeleton height="100%" />}>
        <SparkArea spark={spark} end={scrapedAt ?? 0} tone={tone} />
      </Suspense>
    </div>
  );
}

function CardTraffic({ service }: { readonly service: Service | undefined }): ReactElement {
  if (service === undefined) return <p className="meta">Not deployed</p>;
  return (
    <>
      <TrafficBar shares={service.serving.shares} legend />
      {!service.traffic.followsLatest && service.serving.shares.length === 1 && (
        <span className="card-pinned">
          <Tag>Pinned</Tag>
        </span>
      )}
    </>
  );
}

interface ServiceCardProps {
  readonly title: string;
  readonly figures: ServiceFigures | undefined;
  readonly node: HealthNode | undefined;
  readonly service: Service | undefined;
}

/** One service: its figures now, its p95 over 15 minutes, and which revisions serve. */
export function ServiceCard({ title, figures, node, service }: ServiceCardProps): ReactElement {
  return (
    <Panel
      className="service-card"
      title={title}
      aside={node !== undefined && <Pill tone={healthTone(node.state)}>{node.word}</Pill>}
      end={<span className="meta">p95, last 15 min</span>}
    >
      <div className="service-card-body">
        {figures === undefined ? (
          <Skeleton height={44} />
        ) : (
          <CardFigures figures={figures} node={node} />
        )}
        <div className="service-card-chart">
          {figures !== undefined && <CardChart figures={figures} node={node} />}
        </div>
        <CardTraffic service={service} />
      </div>
    </Panel>
  );
}
