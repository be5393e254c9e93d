import type { MeteredService, ServiceFigures } from '../../../shared/domain/latency-board.ts';
import { WINDOW_SECONDS } from './board-points.ts';
import {
  absence,
  isCustomerRoute,
  listedInstances,
  quantileMs,
  readWindow,
  scrapedAt,
  selectRequests,
} from './request-reading.ts';
import type { SeriesStore } from './series-store.ts';
import { SparkLine } from './spark-line.ts';

const OVERHEAD = 'gateway_overhead_seconds';
const SPARK = { stepSeconds: 15, points: 60 } as const;
const WINDOW_MS = WINDOW_SECONDS * 1000;
const SCRAPED_WITHIN_MS = 2_000;

/** The figures of one service card, read again and again. */
export class FiguresReader {
  readonly #store: SeriesStore;
  readonly #service: MeteredService;
  readonly #spark: SparkLine;

  constructor(store: SeriesStore, service: MeteredService) {
    this.#store = store;
    this.#service = service;
    this.#spark = new SparkLine(store, SPARK);
  }

  read(nowMs: number): ServiceFigures {
    const service = this.#service;
    const endMs = this.#store.horizon ?? nowMs;
    const fromMs = endMs - SCRAPED_WITHIN_MS;
    const selection = selectRequests(this.#store, { service, route: null, revision: null });
    const scraped = absence(this.#store, selection.instances, { fromMs, endMs }) === null;
    const window = scraped ? readWindow(selection.durations, endMs, WINDOW_MS) : null;
    const requests = window?.requests ?? 0;
    return {
      service,
      requestsPerSecond: scraped ? requests / WINDOW_SECONDS : null,
      p95Ms: quantileMs(0.95, window),
      addedP95Ms: scraped && service === 'gateway' ? this.#addedP95Ms(endMs) : null,
      errorRatio: window === null || requests === 0 ? null : window.serverErrors / requests,
      instances: listedInstances(selection.instances, fromMs, endMs),
      spark: this.#spark.read(selection, endMs),
      scrapedAt: scrapedAt(this.#store, service),
    };
  }

  #addedP95Ms(endMs: number): number | null {
    const all = this.#store.histograms({ service: this.#service, revision: null }, OVERHEAD);
    const added = all.filter(({ labels }) => isCustomerRoute(labels['http_route'] ?? ''));
    return quantileMs(0.95, readWindow(added, endMs, WINDOW_MS));
  }
}
