import type { UpstreamClient } from '../http1/upstream-client.ts';
import type { UpstreamErrorCode } from '../http1/upstream-error.ts';

/** One upstream, as an exchange needs it. */
export interface UpstreamTarget {
  /** Bounded metric label, never a URL. */
  readonly name: string;
  readonly client: UpstreamClient;
  /** Put before every path. */
  readonly prefix: string;
  /** Value of `host`. */
  readonly host: string;
  /** Headers for this upstream alone, such as its ID token: flat pairs, names in lower case. */
  headers(): readonly string[];
  /** An attempt got its head (status), or failed (status 0 and the code). For the breaker. */
  report(status: number, error: UpstreamErrorCode | undefined): void;
  /** The attempt is over: complete, failed or given up. Called once, after any `report`. */
  ended(): void;
}

/** An attempt that failed before a byte of an answer was passed on. */
export interface FailedAttempt {
  readonly target: UpstreamTarget;
  /** 1 for the first. */
  readonly attempt: number;
  readonly method: string;
  /** A streamed body can't be sent twice. */
  readonly bodyReplayable: boolean;
  readonly error: UpstreamErrorCode;
}

/** How the requests of one route are forwarded; made when the configuration is loaded. */
export interface RouteSettings {
  readonly headTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** From sending to the last byte; 0 for no such limit. */
  readonly totalTimeoutMs: number;
  readonly bodyLimitBytes: number;
  /** Request target (path and query) as the upstream gets it, without the upstream's own prefix. */
  rewrite(target: string): string;
  /** Null when requests can be sent at once; else whether they can after a wait (for an ID token). */
  prepare(): Promise<boolean> | null;
  /** The target of the first attempt; null when none may be asked (all circuits open). */
  pick(): UpstreamTarget | null;
  /** When a request may be sent again after `pick` gave none. */
  retryAfterSeconds(): number;
  /** Where to try again, null for not at all: rule, budget and breaker decide here. */
  retry(failed: FailedAttempt): UpstreamTarget | null;
}
