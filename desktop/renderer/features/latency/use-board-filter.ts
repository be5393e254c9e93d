import type { BoardQuery } from '../../../shared/contract/metrics.ts';
import { BOARD_RANGES } from '../../../shared/domain/latency-board.ts';
import type { BoardRange } from '../../../shared/domain/latency-board.ts';
import { useSearchPart } from '../../ui/use-search-part.ts';

interface BoardFilterControl {
  readonly filter: BoardQuery;
  readonly change: (part: Partial<BoardQuery>) => void;
}

function isRange(text: string | null): text is BoardRange {
  return text !== null && Object.hasOwn(BOARD_RANGES, text);
}

/** The address's search part -> what the board shows; anything unknown is left out. */
export function filterFrom(search: URLSearchParams): BoardQuery {
  const range = search.get('range');
  return {
    service: search.get('service') === 'gateway' ? 'gateway' : 'backend',
    route: search.get('route'),
    revision: search.get('revision'),
    range: isRange(range) ? range : '15m',
  };
}

function searchFrom(filter: BoardQuery): URLSearchParams {
  const parts = Object.entries(filter).filter(([, value]) => value !== null);
  return new URLSearchParams(parts.map(([key, value]) => [key, String(value)]));
}

/** What the board shows, kept in the address: it survives a reload and can be linked to. */
export function useBoardFilter(): BoardFilterControl {
  const { search, replace } = useSearchPart();
  const filter = filterFrom(search);
  return {
    filter,
    change: (part) => {
      // Routes and revisions belong to one service.
      const isOther = part.service !== undefined && part.service !== filter.service;
      const kept = isOther ? { ...filter, route: null, revision: null } : filter;
      replace(searchFrom({ ...kept, ...part }));
    },
  };
}
