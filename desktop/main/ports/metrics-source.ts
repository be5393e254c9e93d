import type {
  BoardFilter,
  BoardRange,
  BoardUpdate,
  KeyUsage,
  MeteredService,
  RouteRow,
  ServiceFigures,
} from '../../shared/domain/latency-board.ts';

/** Everything about a board but the markers, which come from the operations. */
export type BoardReading = Omit<BoardUpdate, 'markers'>;

/** What customers' requests of one revision were in a window, over all its instances. */
export interface RevisionTraffic {
  readonly revision: string;
  /** Really counted, not extrapolated. */
  readonly requests: number;
  /** Of these, answered with a 5xx. */
  readonly serverErrors: number;
  /** Finite upper bounds in seconds, ascending. */
  readonly bounds: readonly number[];
  /** Requests of each bucket alone; one more than bounds: the last is above all. */
  readonly counts: readonly number[];
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** Several revisions over the very same window. */
export interface RevisionComparison {
  /** Epoch ms of the newest scrape that it reaches to; null when nothing was ever scraped. */
  readonly until: number | null;
  /** In the order in which they were asked for; a silent one has no requests. */
  readonly revisions: readonly RevisionTraffic[];
}

/** How a service was used over a time, over all its instances. */
export interface MeasuredUsage {
  readonly requests: number;
  /** Time that the requests took, added up. */
  readonly busySeconds: number;
  readonly overSeconds: number;
}

/**
 * Metrics of the stack. Quantiles are computed from summed histogram buckets, never averaged; a
 * failed scrape is a gap and no traffic is no value (metrics facts, U1).
 */
export interface MetricsSource {
  /** First `full`, then one `append` with the new points per second until aborted. */
  watchBoard(
    query: BoardFilter & { readonly range: BoardRange },
    signal: AbortSignal,
  ): AsyncIterable<BoardReading>;
  watchFigures(signal: AbortSignal): AsyncIterable<readonly ServiceFigures[]>;
  routes(service: MeteredService): Promise<readonly RouteRow[]>;
  filters(
    service: MeteredService,
  ): Promise<{ readonly routes: readonly string[]; readonly revisions: readonly string[] }>;
  /** What a canary is judged by. `since`: epoch ms, at most an hour ago. */
  compareRevisions(query: {
    readonly service: MeteredService;
    readonly revisions: readonly string[];
    readonly since: number;
  }): Promise<RevisionComparison>;
  keyUsage(): Promise<readonly KeyUsage[]>;
  /** Of the last hour or what is known of it; null while that is too little to say anything. */
  usage(service: MeteredService): Promise<MeasuredUsage | null>;
}
