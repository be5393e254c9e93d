/** Services whose metrics the console shows. */
export type MeteredService = 'gateway' | 'backend';

/** How far back a board looks and how dense it is. Steps keep every range at 300 to 360 points. */
export const BOARD_RANGES = {
  '5m': { seconds: 300, stepSeconds: 1 },
  '15m': { seconds: 900, stepSeconds: 3 },
  '1h': { seconds: 3600, stepSeconds: 10 },
} as const;
export type BoardRange = keyof typeof BOARD_RANGES;

export const BOARD_SERIES = ['p50', 'p95', 'p99', 'requests', 'errors', 'inFlight'] as const;
/** p50..p99 in milliseconds, requests per second, errors as a ratio 0..1, inFlight a count. */
export type BoardSeriesId = (typeof BOARD_SERIES)[number];

/**
 * What a point of time means: a value; no traffic (scraped, nothing to measure); a gap (the scrape
 * failed or the console wasn't running); stale (no instance is known any more). Never drawn alike.
 */
export type PointState = 'value' | 'no_traffic' | 'gap' | 'stale';

/** Points of one board, oldest first, all arrays of equal length. */
export interface BoardFrame {
  /** Epoch seconds, on a grid of the step. */
  readonly times: readonly number[];
  readonly states: readonly PointState[];
  readonly series: Readonly<Record<BoardSeriesId, readonly (number | null)[]>>;
  /** Per time: requests that fell into each bucket during the step (one more entry than bounds). */
  readonly heat: readonly (readonly number[])[];
}

/** Something that changed the stack, drawn as a vertical on every panel. */
export interface Marker {
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  readonly kind: 'deploy' | 'roll_back' | 'restart' | 'key';
  readonly label: string;
  readonly service: string;
}

/** The whole picture: first one `full`, then `append` frames with the new points only. */
export interface BoardUpdate {
  readonly kind: 'full' | 'append';
  readonly frame: BoardFrame;
  /** Upper bounds of the heat map's buckets in milliseconds, ascending; the last bucket is +Inf. */
  readonly boundsMs: readonly number[];
  readonly markers: readonly Marker[];
  /** Rate window behind every quantile, in seconds, printed in the legend. */
  readonly windowSeconds: number;
  readonly instances: number;
  /** Epoch ms of the newest scrape, null when there is none. */
  readonly scrapedAt: number | null;
}

/** Which part of a service's traffic a board shows; null means all. */
export interface BoardFilter {
  readonly service: MeteredService;
  readonly route: string | null;
  readonly revision: string | null;
}

/** One row of the table of routes, over the last minute. */
export interface RouteRow {
  readonly method: string;
  readonly route: string;
  readonly requestsPerSecond: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly errorRatio: number;
  /** p95 in ms over the last 15 minutes, null where there was no traffic. */
  readonly spark: readonly (number | null)[];
}

/** Figures of one service card on the Overview, over the last 15 s, with 15 minutes behind them. */
export interface ServiceFigures {
  readonly service: MeteredService;
  readonly requestsPerSecond: number | null;
  readonly p95Ms: number | null;
  /** Gateway only: what the gateway itself adds, p95 in ms. */
  readonly addedP95Ms: number | null;
  readonly errorRatio: number | null;
  readonly instances: number;
  readonly spark: readonly (number | null)[];
  readonly scrapedAt: number | null;
}

/** Requests of one key in the last hour, one entry a minute, oldest first; from the metrics. */
export interface KeyUsage {
  readonly keyId: string;
  readonly lastMinute: number;
  readonly perMinute: readonly number[];
}
