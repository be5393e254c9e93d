import type { MeteredService, RouteRow } from '../../../shared/domain/latency-board.ts';
import {
  isCustomerRoute,
  quantileMs,
  readWindow,
  REQUEST_DURATION,
  selectRequests,
} from './request-reading.ts';
import type { SeriesStore } from './series-store.ts';
import { SparkLine } from './spark-line.ts';

const WINDOW_SECONDS = 60;
const SPARK = { stepSeconds: 30, points: 30 } as const;

/** The table of a service's routes over the last minute. */
export class RouteTable {
  readonly #store: SeriesStore;
  readonly #service: MeteredService;
  readonly #sparks = new Map<string, SparkLine>();

  constructor(store: SeriesStore, service: MeteredService) {
    this.#store = store;
    this.#service = service;
  }

  /** Busiest first, then by name. */
  read(nowMs: number): readonly RouteRow[] {
    const endMs = this.#store.horizon ?? nowMs;
    const rows = this.#routes().map(({ method, route }) => this.#row(method, route, endMs));
    return rows.sort(
      (a, b) =>
        b.requestsPerSecond - a.requestsPerSecond ||
        a.route.localeCompare(b.route) ||
        a.method.localeCompare(b.method),
    );
  }

  #routes(): readonly { method: string; route: string }[] {
    const filter = { service: this.#service, revision: null };
    const found = new Map<string, { method: string; route: string }>();
    for (const { labels } of this.#store.histograms(filter, REQUEST_DURATION)) {
      const route = labels['http_route'] ?? '';
      const method = labels['http_request_method'] ?? '';
      if (isCustomerRoute(route)) found.set(`${method} ${route}`, { method, route });
    }
    return [...found.values()];
  }

  #row(method: string, route: string, endMs: number): RouteRow {
    const filter = { service: this.#service, route, method, revision: null };
    const selection = selectRequests(this.#store, filter);
    const window = readWindow(selection.durations, endMs, WINDOW_SECONDS * 1000);
    const requests = window?.requests ?? 0;
    return {
      method,
      route,
      requestsPerSecond: requests / WINDOW_SECONDS,
      p50Ms: quantileMs(0.5, window),
      p95Ms: quantileMs(0.95, window),
      p99Ms: quantileMs(0.99, window),
      errorRatio: requests === 0 ? 0 : (window?.serverErrors ?? 0) / requests,
      spark: this.#sparkOf(`${method} ${route}`).read(selection, endMs),
    };
  }

  #sparkOf(key: string): SparkLine {
    const known = this.#sparks.get(key) ?? new SparkLine(this.#store, SPARK);
    this.#sparks.set(key, known);
    return known;
  }
}
