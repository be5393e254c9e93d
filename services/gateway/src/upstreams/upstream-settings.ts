import type { BreakerSettings } from './circuit-breaker.ts';

export interface TargetSettings {
  /** Origin and, if any, the path that is put before every request's. */
  readonly url: string;
  readonly weight: number;
}

/** One upstream as configured: see `routing/config-document.ts`. */
export interface UpstreamSettings {
  readonly targets: readonly TargetSettings[];
  readonly auth: 'none' | 'google-id-token';
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  readonly breaker: BreakerSettings & {
    /** Answers that count as failures beside faults of the connection. */
    readonly failureStatuses: readonly number[];
  };
}
