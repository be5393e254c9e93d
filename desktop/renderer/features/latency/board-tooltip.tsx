import { useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { BOARD_SERIES } from '../../../shared/domain/latency-board.ts';
import type { BoardSeriesId } from '../../../shared/domain/latency-board.ts';
import type { BoardStore } from '../../charts/board-columns.ts';
import type { Crosshair } from '../../charts/crosshair.ts';
import { clockTime } from '../../ui/format-time.ts';
import { absenceAt, SERIES_TEXT, valueAt } from './board-values.ts';

const KEYS: Readonly<Record<BoardSeriesId, string>> = {
  p50: 'q50',
  p95: 'q95',
  p99: 'q99',
  requests: 'c1',
  errors: 'bad',
  inFlight: 'c3',
};

const WIDTH = 150;
const AWAY = 14;

interface BoardTooltipProps {
  readonly store: BoardStore;
  readonly crosshair: Crosshair;
}

/** All values of the board at the crosshair, beside the pointer, whichever panel it is on. */
export function BoardTooltip({ store, crosshair }: BoardTooltipProps): ReactElement | null {
  const point = useSyncExternalStore(crosshair.subscribe, crosshair.read);
  const time = point === null ? undefined : store.columns.times[point.index];
  if (point === null || time === undefined) return null;
  const isNearEdge = point.x + AWAY + WIDTH > window.innerWidth;
  const left = isNearEdge ? point.x - AWAY - WIDTH : point.x + AWAY;
  const absence = absenceAt(store, point.index);
  return (
    <dl className="board-tip" style={{ left, top: point.y + AWAY, width: WIDTH }}>
      <div className="board-tip-time">
        {clockTime(time * 1_000)}
        {absence !== '' && ` · ${absence}`}
      </div>
      {BOARD_SERIES.map((id) => (
        <div key={id} style={{ display: 'contents' }}>
          <dt>
            <i className={`line-key ${KEYS[id]}`} />
            {SERIES_TEXT[id].title}
          </dt>
          <dd>{valueAt(store, id, point.index)}</dd>
        </div>
      ))}
    </dl>
  );
}
