import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import type { QueryKey } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { OpenStream } from './follow-stream.ts';
import { liveSubscription } from './live-subscription.ts';

/** Where a live value comes from. */
export interface LiveSource<T> {
  readonly key: QueryKey;
  /** First read; without it the stream's first value is the first one shown. */
  readonly read?: (signal: AbortSignal) => Promise<T>;
  readonly watch: OpenStream<T>;
  /** Nothing can follow this value: the stream is not opened again after it. */
  readonly isLast?: (value: T) => boolean;
}

/** A value that stays current. `error` beside `value` means: old value, no news. */
export interface LiveQuery<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  /** Epoch ms at which the value arrived, null before the first. */
  readonly receivedAt: number | null;
  readonly isPending: boolean;
}

/**
 * First read by query, then the stream writes into the same cache entry. Opens the stream again with
 * back-off, pauses while the window is hidden, ends with the last component that shows the value.
 */
export function useLiveQuery<T>(source: LiveSource<T>): LiveQuery<T> {
  const cache = useQueryClient();
  const { key, read } = source;
  const query = useQuery<T>({
    queryKey: key,
    queryFn: read === undefined ? skipToken : ({ signal }) => read(signal),
    staleTime: Infinity,
  });
  const subscription = liveSubscription(cache, source);
  const status = useSyncExternalStore(subscription.subscribe, subscription.read);
  const error = status.failure ?? (query.data === undefined ? query.error : null);
  return {
    value: query.data,
    error,
    receivedAt: query.dataUpdatedAt === 0 ? null : query.dataUpdatedAt,
    isPending: query.data === undefined && error === null,
  };
}
