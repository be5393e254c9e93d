import { Agent, request } from 'undici';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ScrapeTarget, ScrapeTargets } from '../../ports/scrape-targets.ts';
import { httpReason } from '../http/http-reason.ts';
import type { SeriesStore } from './series-store.ts';

const INTERVAL_MS = 1_000;
/** Shorter than the interval, so that passes never overlap. */
const TIMEOUT_MS = 900;
/** 2,000 series are about 300 kB: what is ten times larger is no exposition of ours. */
const MAX_BYTES = 4 * 1024 * 1024;

export interface ScraperOptions {
  readonly targets: ScrapeTargets;
  readonly store: SeriesStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called after every pass, when all its samples are in the store. */
  readonly onPass: () => void;
}

/** Reads the metrics of every instance once a second. A target that fails leaves a gap, only there. */
export class Scraper {
  readonly #options: ScraperOptions;
  readonly #agent = new Agent({ connections: 1, maxResponseSize: MAX_BYTES });
  readonly #stopped = new AbortController();
  /** What is wrong by target, to log a change once instead of every second. */
  readonly #problems = new Map<string, string>();

  constructor(options: ScraperOptions) {
    this.#options = options;
  }

  /** Scrapes until `close`; resolves then. */
  async run(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.scrapeOnce();
      const wait = INTERVAL_MS - (clock.now() % INTERVAL_MS);
      await clock.sleep(wait, signal).catch(() => {
        // Only an aborted signal ends a sleep early: the loop ends with it.
      });
    }
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#agent.destroy();
  }

  /** One pass. All its samples carry the time at which it began. Never throws. */
  async scrapeOnce(): Promise<void> {
    const { clock, store, onPass } = this.#options;
    const at = clock.now();
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const targets = await this.#listTargets();
    await Promise.all((targets ?? []).map((target) => this.#scrape(target, at, signal)));
    if (this.#stopped.signal.aborted) return;
    store.endPass(at, targets !== null);
    onPass();
  }

  async #listTargets(): Promise<readonly ScrapeTarget[] | null> {
    try {
      const targets = await this.#options.targets.list();
      this.#note('targets', null);
      return targets;
    } catch (error) {
      this.#note('targets', httpReason(error, TIMEOUT_MS));
      return null;
    }
  }

  async #scrape(target: ScrapeTarget, at: number, signal: AbortSignal): Promise<void> {
    const { url, ...labels } = target;
    const { store } = this.#options;
    try {
      const text = await this.#fetch(url, signal);
      store.addScrape(labels, at, text);
      this.#note(target.instance, null);
    } catch (error) {
      store.addFailedScrape(labels, at);
      this.#note(target.instance, httpReason(error, TIMEOUT_MS));
    }
  }

  async #fetch(url: string, signal: AbortSignal): Promise<string> {
    const headers = { accept: 'text/plain;version=0.0.4' };
    const answer = await request(url, { dispatcher: this.#agent, headers, signal });
    if (answer.statusCode !== 200) {
      await answer.body.dump();
      throw new Error(`answered ${String(answer.statusCode)}`);
    }
    return answer.body.text();
  }

  #note(subject: string, problem: string | null): void {
    const before = this.#problems.get(subject) ?? null;
    if (before === problem || this.#stopped.signal.aborted) return;
    if (problem === null) this.#problems.delete(subject);
    else this.#problems.set(subject, problem);
    if (this.#problems.size > 200) this.#problems.clear();
    const { logger } = this.#options;
    if (problem === null) logger.info('scraping again', { subject });
    else logger.warn('scrape failed', { subject, problem });
  }
}
