import type {
  BoardFilter,
  KeyUsage,
  MeteredService,
  RouteRow,
  ServiceFigures,
} from '../../../shared/domain/latency-board.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { BoardReading, MetricsSource } from '../../ports/metrics-source.ts';
import type { ScrapeTargets } from '../../ports/scrape-targets.ts';
import type { BoardQuery } from './board-points.ts';
import { readKeyUsage } from './key-usage.ts';
import { PassBell } from './pass-bell.ts';
import { isCustomerRoute, REQUEST_DURATION } from './request-reading.ts';
import { RouteTable } from './route-rows.ts';
import { Scraper } from './scraper.ts';
import { SeriesStore } from './series-store.ts';
import { FiguresReader } from './service-figures.ts';
import { StandingBoard } from './standing-board.ts';

export interface EmbeddedMetricsOptions {
  readonly targets: ScrapeTargets;
  readonly clock: Clock;
  readonly logger: Logger;
}

const SERVICES: readonly MeteredService[] = ['gateway', 'backend'];

/** The console's own metrics: scrapes every instance at 1 Hz and keeps the last hour in memory. */
export class EmbeddedMetricsSource implements MetricsSource {
  readonly #store = new SeriesStore();
  readonly #bell = new PassBell();
  readonly #clock: Clock;
  readonly #scraper: Scraper;
  readonly #tables: Readonly<Record<MeteredService, RouteTable>>;
  #running: Promise<void> | null = null;

  constructor({ targets, clock, logger }: EmbeddedMetricsOptions) {
    this.#clock = clock;
    this.#tables = {
      gateway: new RouteTable(this.#store, 'gateway'),
      backend: new RouteTable(this.#store, 'backend'),
    };
    const onPass = (): void => this.#bell.ring();
    this.#scraper = new Scraper({ targets, clock, logger, store: this.#store, onPass });
  }

  /** Begins to scrape. A second call changes nothing. */
  start(): void {
    this.#running ??= this.#scraper.run();
  }

  /** Makes one pass now; for tests, which have their own clock. */
  async scrapeOnce(): Promise<void> {
    await this.#scraper.scrapeOnce();
  }

  /** Ends the scraping and every stream. */
  async close(): Promise<void> {
    await this.#scraper.close();
    this.#bell.close();
    await this.#running;
  }

  async *watchBoard(
    query: BoardQuery,
    signal: AbortSignal,
  ): AsyncGenerator<BoardReading, void, undefined> {
    const board = new StandingBoard(this.#store, query);
    for await (const _ of this.#bell.rings(signal)) yield board.read(this.#clock.now());
  }

  async *watchFigures(
    signal: AbortSignal,
  ): AsyncGenerator<readonly ServiceFigures[], void, undefined> {
    const readers = SERVICES.map((service) => new FiguresReader(this.#store, service));
    for await (const _ of this.#bell.rings(signal)) {
      yield readers.map((reader) => reader.read(this.#clock.now()));
    }
  }

  routes(service: MeteredService): Promise<readonly RouteRow[]> {
    return Promise.resolve(this.#tables[service].read(this.#clock.now()));
  }

  filters(
    service: MeteredService,
  ): Promise<{ readonly routes: readonly string[]; readonly revisions: readonly string[] }> {
    const filter: Pick<BoardFilter, 'service' | 'revision'> = { service, revision: null };
    const routes = this.#store
      .histograms(filter, REQUEST_DURATION)
      .map(({ labels }) => labels['http_route'] ?? '')
      .filter(isCustomerRoute);
    const revisions = this.#store.instances(filter).map(({ labels }) => labels.revision);
    return Promise.resolve({
      routes: [...new Set(routes)].sort(),
      revisions: [...new Set(revisions)].sort().reverse(),
    });
  }

  keyUsage(): Promise<readonly KeyUsage[]> {
    return Promise.resolve(readKeyUsage(this.#store, this.#clock.now()));
  }
}
