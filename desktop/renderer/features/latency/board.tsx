import { useState } from 'react';
import type { ReactElement } from 'react';
import type { BoardQuery } from '../../../shared/contract/metrics.ts';
import type { BoardStore } from '../../charts/board-columns.ts';
import type { ChartShape } from '../../charts/chart-options.ts';
import { Crosshair } from '../../charts/crosshair.ts';
import { HeatMap } from '../../charts/heat-map.tsx';
import { LiveChart } from '../../charts/live-chart.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Tag } from '../../ui/status-dot.tsx';
import { BoardBasis, BoardTable, LastValue, QuantileLegend } from './board-legend.tsx';
import { ERRORS, IN_FLIGHT, QUANTILES, REQUESTS } from './board-shapes.ts';
import { BoardTooltip } from './board-tooltip.tsx';
import { RoutesPanel } from './routes-panel.tsx';

interface SmallPanelProps {
  readonly title: string;
  readonly id: 'requests' | 'errors' | 'inFlight';
  readonly shape: ChartShape;
  readonly store: BoardStore;
  readonly crosshair: Crosshair;
}

function SmallPanel({ title, id, shape, store, crosshair }: SmallPanelProps): ReactElement {
  return (
    <Panel title={title} end={<LastValue store={store} id={id} />} className="small-panel">
      <div className="chart-box">
        <LiveChart store={store} crosshair={crosshair} shape={shape} label={`${title} over time`} />
      </div>
    </Panel>
  );
}

interface BoardProps {
  readonly store: BoardStore;
  readonly filter: BoardQuery;
  readonly onRoute: (route: string | null) => void;
}

/** The panels of a board: one picture of one stretch of time, under one crosshair. */
export function Board({ store, filter, onRoute }: BoardProps): ReactElement {
  const [crosshair] = useState(() => new Crosshair());
  const seenFrom = filter.service === 'gateway' ? 'clients → gateway' : 'gateway → backend';
  return (
    <>
      <Panel
        title="Response time, ms"
        className="main-panel"
        aside={
          <>
            <Tag>{seenFrom}</Tag>
            <BoardBasis store={store} />
          </>
        }
        end={<QuantileLegend store={store} />}
      >
        <div className="chart-box">
          <LiveChart
            store={store}
            crosshair={crosshair}
            shape={QUANTILES}
            label="p50, p95 and p99 over time in milliseconds"
          />
        </div>
      </Panel>
      <div className="small-panels">
        <SmallPanel title="Requests" id="requests" shape={REQUESTS} {...{ store, crosshair }} />
        <SmallPanel title="Error ratio" id="errors" shape={ERRORS} {...{ store, crosshair }} />
        <SmallPanel title="In flight" id="inFlight" shape={IN_FLIGHT} {...{ store, crosshair }} />
      </div>
      <div className="board-lower">
        <Panel
          title="Distribution"
          aside={<span className="meta">requests per bucket, ms</span>}
          className="heat-panel"
        >
          <div className="chart-box">
            <HeatMap store={store} crosshair={crosshair} label="Requests by bucket over time" />
          </div>
        </Panel>
        <RoutesPanel filter={filter} onRoute={onRoute} />
      </div>
      <BoardTooltip store={store} crosshair={crosshair} />
      <BoardTable store={store} />
    </>
  );
}
