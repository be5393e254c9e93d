import type { RequestScope } from '../proxy/request-scope.ts';

/** Tells somebody outside about faults of the gateway itself. */
export interface FaultReporter {
  /** A request that the gateway failed; not one that its client or the upstream failed. */
  requestFailed(scope: RequestScope, status: number): void;
  /** An error that nothing caught: the process ends because of it. */
  uncaught(error: unknown): void;
  /** Sends what waits, for a second at most. */
  close(): Promise<void>;
}
