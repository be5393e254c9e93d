import type { PartHealth, PartState } from '@omni/contracts/health.ts';

export interface Observation {
  readonly state: PartState;
  readonly reason?: string;
  readonly latencyMs?: number;
  readonly facts?: Readonly<Record<string, string>>;
}

/** Adds to each observation of a part since when it has been in that state. */
export class PartTracker {
  #since = new Date().toISOString();
  #current: Observation;

  constructor(first: Observation) {
    this.#current = first;
  }

  /** Notes what was just seen; returns whether the state changed. */
  observe(next: Observation): boolean {
    const changed = next.state !== this.#current.state;
    if (changed) this.#since = new Date().toISOString();
    this.#current = next;
    return changed;
  }

  get state(): PartState {
    return this.#current.state;
  }

  get health(): PartHealth {
    const { state, reason, latencyMs, facts } = this.#current;
    return {
      state,
      ...(reason === undefined || state === 'ok' ? {} : { reason }),
      since: this.#since,
      ...(latencyMs === undefined ? {} : { latencyMs: Math.round(latencyMs * 100) / 100 }),
      ...(facts === undefined ? {} : { facts: { ...facts } }),
    };
  }
}
