/** How a service is used; what wasn't measured is assumed and said so. */
export interface ServiceUsage {
  readonly requestsPerMonth: number;
  /** Mean time that a request keeps an instance busy, in seconds. */
  readonly meanSeconds: number;
  /**
   * Requests that share one busy second of an instance, on average; null to derive it from the two
   * figures above, as evenly spread traffic would have it.
   */
  readonly concurrency: number | null;
}

/** 730 hours. */
export const SECONDS_PER_MONTH = 2_628_000;

/**
 * Requests in flight per busy instance when they arrive at random and evenly over the month:
 * `a` in flight on average, and the share of time with at least one is `1 - e^-a`.
 */
export function evenConcurrency(usage: ServiceUsage, limit: number): number {
  const inFlight = (usage.requestsPerMonth * usage.meanSeconds) / SECONDS_PER_MONTH;
  const busyShare = 1 - Math.exp(-inFlight);
  const shared = busyShare === 0 ? 1 : inFlight / busyShare;
  return Math.min(Math.max(shared, 1), Math.max(limit, 1));
}
