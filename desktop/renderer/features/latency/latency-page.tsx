import './latency.css';
import { ChartLine } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import type { BoardRange } from '../../../shared/domain/latency-board.ts';
import type { LiveStream } from '../../api/use-live-stream.ts';
import type { BoardStore } from '../../charts/board-columns.ts';
import { StaleBanner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { FreshnessMark } from '../../ui/freshness-mark.tsx';
import { Page, Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { AfterDelay, Skeleton } from '../../ui/skeleton.tsx';
import { useGo } from '../../ui/use-go.ts';
import { BoardFilters } from './board-filters.tsx';
import { Board } from './board.tsx';
import { useBoardFilter } from './use-board-filter.ts';
import { useBoard } from './use-board.ts';

const RANGES: readonly { readonly value: BoardRange; readonly label: string }[] = [
  { value: '5m', label: '5 min' },
  { value: '15m', label: '15 min' },
  { value: '1h', label: '1 h' },
];

function LoadingBoard(): ReactElement {
  return (
    <div className="board-loading" role="status" aria-label="Loading the board">
      <AfterDelay>
        <Skeleton height={266} />
        <div className="small-panels">
          <Skeleton height={150} />
          <Skeleton height={150} />
          <Skeleton height={150} />
        </div>
        <Skeleton height={210} />
      </AfterDelay>
    </div>
  );
}

function NoPoints(): ReactElement {
  const go = useGo();
  return (
    <Panel label="Latency" className="board-empty">
      <EmptyState
        icon={<ChartLine />}
        title="Nothing has been measured yet"
        action={
          <Button
            onClick={() => {
              go('/');
            }}
          >
            To the Overview
          </Button>
        }
      >
        The board fills with the first scrape, a second after an instance of the service runs.
      </EmptyState>
    </Panel>
  );
}

/** Age of the newest scrape; follows the store, not React's state. */
function BoardAge({ store }: { readonly store: BoardStore }): ReactElement {
  useSyncExternalStore(store.subscribe, store.readVersion);
  return <FreshnessMark at={store.scrapedAt} source="local scraper" />;
}

interface BoardStateProps {
  readonly store: BoardStore;
  readonly stream: LiveStream;
  readonly children: ReactElement;
}

/** Loading, broken, empty, stale or live: which of them the board is. */
function BoardState({ store, stream, children }: BoardStateProps): ReactElement {
  if (!stream.hasValue) {
    if (stream.error === null) return <LoadingBoard />;
    return (
      <Panel label="Latency">
        <ErrorState error={stream.error} what="The board could not be read" />
      </Panel>
    );
  }
  if (store.columns.times.length === 0) return <NoPoints />;
  const last = (store.columns.times.at(-1) ?? 0) * 1_000;
  return (
    <>
      {stream.error !== null && <StaleBanner error={stream.error} asOf={store.scrapedAt ?? last} />}
      <div className={classNames('board', stream.error !== null && 'is-stale')}>{children}</div>
    </>
  );
}

/** Live latency of a service: quantiles, requests, errors, distribution, routes. */
export function LatencyPage(): ReactElement {
  const { filter, change } = useBoardFilter();
  const { store, stream } = useBoard(filter);
  return (
    <Page
      title="Latency"
      className="latency"
      aside={<BoardFilters filter={filter} onChange={change} />}
      actions={
        <>
          <BoardAge store={store} />
          <Segmented
            label="Range"
            segments={RANGES}
            value={filter.range}
            onChange={(range) => {
              change({ range });
            }}
          />
        </>
      }
    >
      <BoardState store={store} stream={stream}>
        <Board
          store={store}
          filter={filter}
          onRoute={(route) => {
            change({ route });
          }}
        />
      </BoardState>
    </Page>
  );
}
