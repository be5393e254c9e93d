import { useQueryClient } from '@tanstack/react-query';
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Operation } from '../../shared/domain/operation.ts';
import { useConsole } from './console-context.tsx';
import { useLiveSources } from './live-sources.ts';
import { QUIET_EVERY_MS } from './pace.ts';
import { useLiveQuery } from './use-live-query.ts';

/** Epoch ms, 0 where none has ended. */
function lastEnd(operations: readonly Operation[]): number {
  return operations.reduce((last, { endedAt }) => Math.max(last, endedAt ?? 0), 0);
}

/** A first read that is on its way would be reused, and it may be from before the end. */
async function readAgain(cache: QueryClient, queryKey: QueryKey): Promise<void> {
  await cache.cancelQueries({ queryKey });
  await cache.invalidateQueries({ queryKey });
}

/**
 * Has everything that operations change read again as soon as one ends, on whatever screen: also one
 * that was never seen running, because it ended while the page was being opened.
 */
export function useReadAgainAfterOperations(): void {
  const { queries } = useConsole();
  const cache = useQueryClient();
  const { value = [] } = useLiveQuery(useLiveSources().operations);
  const endedAt = lastEnd(value);
  useEffect(() => {
    // What ended longer ago was read since.
    if (Date.now() - endedAt > QUIET_EVERY_MS) return;
    for (const queryKey of [
      queries.deployments.listServices.key(),
      queries.deployments.listRevisions.key(),
      queries.releases.list.key(),
      queries.upstream.read.key(),
      queries.audit.list.key(),
    ]) {
      readAgain(cache, queryKey).catch(reportError);
    }
  }, [endedAt, queries, cache]);
}
