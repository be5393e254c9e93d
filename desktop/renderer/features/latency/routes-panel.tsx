import { Route } from 'lucide-react';
import type { ReactElement } from 'react';
import type { BoardQuery } from '../../../shared/contract/metrics.ts';
import type { RouteRow } from '../../../shared/domain/latency-board.ts';
import { Sparkline } from '../../charts/sparkline.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Amount } from '../../ui/figure.tsx';
import { latency, percent, perSecond, text } from '../../ui/format-number.ts';
import { Panel } from '../../ui/panel.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { useRoutes } from './use-board.ts';

/** A p95 this many times over the median of its own last minutes is worth a look. */
const NOTABLE_FACTOR = 3;
const NOTABLE_LEAST_MS = 100;

/** Is the newest p95 far above what the route usually shows? */
export function isNotable(row: RouteRow): boolean {
  const known = row.spark.filter((value) => value !== null).sort((a, b) => a - b);
  const usual = known[Math.floor(known.length / 2)];
  if (usual === undefined || row.p95Ms === null || row.p95Ms < NOTABLE_LEAST_MS) return false;
  return row.p95Ms > usual * NOTABLE_FACTOR;
}

const COLUMNS: readonly Column<RouteRow>[] = [
  {
    id: 'route',
    title: 'Route',
    cell: (row) => (
      <span className="mono route-name">
        <span className="route-method">{row.method}</span>
        {row.route}
      </span>
    ),
  },
  {
    id: 'requests',
    title: 'Requests',
    kind: 'number',
    cell: (row) => <Amount quantity={perSecond(row.requestsPerSecond)} />,
  },
  {
    id: 'p50',
    title: 'p50',
    kind: 'number',
    cell: (row) => <Amount quantity={latency(row.p50Ms)} />,
  },
  {
    id: 'p95',
    title: 'p95',
    kind: 'number',
    cell: (row) => (
      <span className={isNotable(row) ? 'route-notable' : undefined}>
        <Amount quantity={latency(row.p95Ms)} />
      </span>
    ),
  },
  {
    id: 'errors',
    title: 'Errors',
    kind: 'number',
    cell: (row) => <Amount quantity={percent(row.errorRatio)} />,
  },
  {
    id: 'spark',
    title: 'p95, 15 min',
    cell: (row) => (
      <Sparkline
        values={row.spark}
        tone={isNotable(row) ? 'warn' : 'plain'}
        label={`p95 of ${row.route} in the last 15 minutes, now ${text(latency(row.p95Ms))}`}
      />
    ),
  },
];

function Body({ filter, onRoute }: RoutesPanelProps): ReactElement {
  const routes = useRoutes(filter.service);
  if (routes.data === undefined) {
    return routes.isError ? (
      <ErrorState error={routes.error} what="Routes could not be read" />
    ) : (
      <SkeletonLines lines={4} label="Loading routes" />
    );
  }
  if (routes.data.length === 0) {
    return (
      <EmptyState icon={<Route />} title="No requests in the last minute">
        Send a request, or switch on sample traffic on the Overview.
      </EmptyState>
    );
  }
  return (
    <DataTable
      label="Routes of the last minute"
      columns={COLUMNS}
      rows={routes.data}
      rowKey={(row) => `${row.method} ${row.route}`}
      selectedKey={
        routes.data
          .filter((row) => row.route === filter.route)
          .map((row) => `${row.method} ${row.route}`)[0] ?? null
      }
      onSelect={(row) => {
        onRoute(row.route === filter.route ? null : row.route);
      }}
    />
  );
}

interface RoutesPanelProps {
  readonly filter: BoardQuery;
  /** Narrows the board to a route; null takes the filter off. */
  readonly onRoute: (route: string | null) => void;
}

/** Requests, quantiles and errors by route; a row narrows the whole board to it. */
export function RoutesPanel(props: RoutesPanelProps): ReactElement {
  return (
    <Panel className="routes" label="Routes">
      <Body {...props} />
    </Panel>
  );
}
