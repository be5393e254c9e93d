import { useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { BOARD_SERIES } from '../../../shared/domain/latency-board.ts';
import type { BoardSeriesId } from '../../../shared/domain/latency-board.ts';
import { lastValue } from '../../charts/board-columns.ts';
import type { BoardStore } from '../../charts/board-columns.ts';
import { SERIES_TEXT } from './board-values.ts';

interface StoreProps {
  readonly store: BoardStore;
}

/** Draws again with each update of the board: once a second, a few words. */
function useBoardVersion(store: BoardStore): number {
  return useSyncExternalStore(store.subscribe, store.readVersion);
}

const KEYS = { p50: 'q50', p95: 'q95', p99: 'q99' } as const;

/** The quantiles' colours with their newest values. */
export function QuantileLegend({ store }: StoreProps): ReactElement {
  useBoardVersion(store);
  return (
    <div className="legend">
      {(['p50', 'p95', 'p99'] as const).map((id) => (
        <span key={id}>
          <i className={`line-key ${KEYS[id]}`} />
          {id} <b>{SERIES_TEXT[id].write(lastValue(store, id))}</b>
        </span>
      ))}
    </div>
  );
}

interface LastValueProps extends StoreProps {
  readonly id: BoardSeriesId;
}

/** The newest value of one series. */
export function LastValue({ store, id }: LastValueProps): ReactElement {
  useBoardVersion(store);
  return (
    <div className="legend">
      <b>{SERIES_TEXT[id].write(lastValue(store, id))}</b>
    </div>
  );
}

/** What the numbers rest on: rate window and instances. */
export function BoardBasis({ store }: StoreProps): ReactElement {
  useBoardVersion(store);
  const instances = store.instances === 1 ? '1 instance' : `${String(store.instances)} instances`;
  return (
    <span className="meta num">{`rate over ${String(store.windowSeconds)} s · ${instances}`}</span>
  );
}

/** The board's newest values as a table, for those who can't see the picture. */
export function BoardTable({ store }: StoreProps): ReactElement {
  useBoardVersion(store);
  return (
    <table className="sr-only" aria-label="Newest values of the board">
      <tbody>
        {BOARD_SERIES.map((id) => (
          <tr key={id}>
            <th scope="row">{SERIES_TEXT[id].title}</th>
            <td>{SERIES_TEXT[id].write(lastValue(store, id))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
