import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import type { BoardQuery } from '../../../shared/contract/metrics.ts';
import type { BoardUpdate, RouteRow } from '../../../shared/domain/latency-board.ts';
import { useConsole } from '../../api/console-context.tsx';
import { useLiveStream } from '../../api/use-live-stream.ts';
import type { LiveStream } from '../../api/use-live-stream.ts';
import { BoardStore } from '../../charts/board-columns.ts';

const ROUTES_EVERY_MS = 2_000;

interface Board {
  readonly store: BoardStore;
  readonly stream: LiveStream;
}

/** The points of a board: a store of its own for each filter, filled by main's stream. */
export function useBoard(filter: BoardQuery): Board {
  const { client } = useConsole();
  const { service, route, revision, range } = filter;
  const key = JSON.stringify([service, route, revision, range]);
  const [held, setHeld] = useState(() => ({ key, store: new BoardStore(range) }));
  // Another filter is another picture: it must not show a single point of the old one.
  const current = held.key === key ? held : { key, store: new BoardStore(range) };
  if (current !== held) setHeld(current);
  const { store } = current;
  const stream = useLiveStream<BoardUpdate>(
    key,
    (signal) => client.metrics.watchBoard({ service, route, revision, range }, { signal }),
    (update) => {
      store.apply(update);
    },
  );
  return { store, stream };
}

/** Routes of a service over the last minute. */
export function useRoutes(service: BoardQuery['service']): UseQueryResult<RouteRow[]> {
  const { queries } = useConsole();
  return useQuery(
    queries.metrics.routes.queryOptions({
      input: { service },
      refetchInterval: ROUTES_EVERY_MS,
    }),
  );
}

interface FilterChoices {
  readonly routes: readonly string[];
  readonly revisions: readonly string[];
}

/** What a board can be filtered by. */
export function useFilterChoices(service: BoardQuery['service']): FilterChoices {
  const { queries } = useConsole();
  const { data } = useQuery(
    queries.metrics.filters.queryOptions({ input: { service }, refetchInterval: 10_000 }),
  );
  return data ?? { routes: [], revisions: [] };
}
