import { hashKey } from '@tanstack/react-query';
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { followStream } from './follow-stream.ts';
import type { OpenStream } from './follow-stream.ts';

/** How a shared stream is doing. */
export interface LiveStatus {
  /** Why the last attempt failed; null while values arrive. */
  readonly failure: unknown;
}

const QUIET: LiveStatus = { failure: null };

/** One stream into one cache entry, shared by every component that shows it. */
class LiveSubscription {
  private status: LiveStatus = QUIET;
  private readonly listeners = new Set<() => void>();
  private stop: (() => void) | null = null;
  private readonly begin: (report: (failure: unknown) => void) => () => void;

  constructor(begin: (report: (failure: unknown) => void) => () => void) {
    this.begin = begin;
  }

  readonly read = (): LiveStatus => this.status;

  /** The first listener opens the stream, the last one to leave closes it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    this.stop ??= this.begin((failure) => {
      this.report(failure);
    });
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      this.stop?.();
      this.stop = null;
      this.status = QUIET;
    };
  };

  private report(failure: unknown): void {
    if (this.status.failure === failure) return;
    this.status = failure === null ? QUIET : { failure };
    for (const listener of this.listeners) listener();
  }
}

/** A stream and the cache entry that it fills. */
interface SharedStream<T> {
  readonly key: QueryKey;
  readonly watch: OpenStream<T>;
  readonly isLast?: (value: T) => boolean;
}

const byCache = new WeakMap<QueryClient, Map<string, LiveSubscription>>();

/** The subscription of a cache entry; the first caller's `watch` is the one that is used. */
export function liveSubscription<T>(cache: QueryClient, source: SharedStream<T>): LiveSubscription {
  const { key, watch, isLast } = source;
  const all = byCache.get(cache) ?? new Map<string, LiveSubscription>();
  byCache.set(cache, all);
  const hash = hashKey(key);
  const known = all.get(hash);
  if (known !== undefined) return known;
  const made = new LiveSubscription((report) =>
    followStream(watch, {
      ...(isLast && { isLast }),
      value: (value) => {
        cache.setQueryData<T>(key, value);
        report(null);
      },
      failure: report,
    }),
  );
  all.set(hash, made);
  return made;
}
