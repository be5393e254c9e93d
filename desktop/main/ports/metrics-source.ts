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
  keyUsage(): Promise<readonly KeyUsage[]>;
}
