import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ScrapeTargets } from '../../ports/scrape-targets.ts';
import { PassBell } from './pass-bell.ts';
import { Scraper } from './scraper.ts';
import { SeriesStore } from './series-store.ts';
import { StoreMetricsSource } from './store-metrics-source.ts';

export interface EmbeddedMetricsOptions {
  readonly targets: ScrapeTargets;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The console's own metrics: scrapes every instance at 1 Hz and keeps the last hour in memory. */
export class EmbeddedMetricsSource extends StoreMetricsSource {
  readonly #bell: PassBell;
  readonly #scraper: Scraper;
  #running: Promise<void> | null = null;

  constructor({ targets, clock, logger }: EmbeddedMetricsOptions) {
    const store = new SeriesStore();
    const bell = new PassBell();
    super(store, bell, clock);
    this.#bell = bell;
    const onPass = (): void => bell.ring();
    this.#scraper = new Scraper({ targets, clock, logger, store, onPass });
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
}
