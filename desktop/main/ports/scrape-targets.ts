/** One process that exposes /metrics. */
export interface ScrapeTarget {
  /** `http://127.0.0.1:PORT/metrics` */
  readonly url: string;
  readonly service: string;
  readonly revision: string;
  readonly instance: string;
}

/** Finds every instance that can be scraped. Throws DomainError TARGET_UNREACHABLE. */
export interface ScrapeTargets {
  list(): Promise<readonly ScrapeTarget[]>;
}
