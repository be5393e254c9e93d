/** What is asked of a revision right now. */
export interface Demand {
  /** Requests that an instance works on, and those that wait for one. */
  readonly inFlight: number;
  readonly waiting: number;
  readonly concurrency: number;
  readonly minInstances: number;
  readonly maxInstances: number;
  /** Has traffic or a tag: min instances apply. */
  readonly serving: boolean;
  /** Lost its traffic a moment ago and is kept ready for a rollback, or is being brought up. */
  readonly warm: boolean;
}

/** How many instances a revision should have at least; idle ones above it may be stopped. */
export function desiredInstances(demand: Demand): number {
  const needed = Math.ceil((demand.inFlight + demand.waiting) / demand.concurrency);
  const floor = Math.max(demand.serving ? demand.minInstances : 0, demand.warm ? 1 : 0);
  return Math.min(Math.max(needed, floor), Math.max(demand.maxInstances, floor));
}
