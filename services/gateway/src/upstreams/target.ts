import type { UpstreamClient } from '../http1/upstream-client.ts';
import type { UpstreamErrorCode } from '../http1/upstream-error.ts';
import { attemptOutcome, isUnreachable } from './attempt-outcome.ts';
import type { AttemptOutcome } from './attempt-outcome.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import { TargetHealth } from './target-health.ts';
import type { UpstreamTarget } from './upstream-target.ts';

const NO_HEADERS: readonly string[] = [];

export interface TargetParts {
  /** The upstream's name. */
  name: string;
  url: URL;
  client: UpstreamClient;
  breaker: CircuitBreaker;
  failureStatuses: ReadonlySet<number>;
  /** Headers with the ID token, when the upstream wants one. */
  token: { headers: () => readonly string[] } | null;
  clock: () => number;
  /** What an attempt said of the target, for ejection and the budget. */
  ended: (outcome: AttemptOutcome, now: number) => void;
}

/**
 * One address of an upstream with its circuit. Ordinary attempts and the probe of a half-open
 * circuit are two objects, so that an answer to what was sent before the circuit opened is never
 * taken for the probe's.
 */
export class Target implements UpstreamTarget {
  readonly name: string;
  readonly client: UpstreamClient;
  readonly prefix: string;
  readonly host: string;
  readonly origin: string;
  readonly breaker: CircuitBreaker;
  readonly probe: UpstreamTarget;
  /** Attempts sent and not ended. */
  inflight = 0;
  readonly health = new TargetHealth();
  readonly #parts: TargetParts;

  constructor(parts: TargetParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.client = parts.client;
    this.prefix = parts.url.pathname.replace(/\/+$/, '');
    this.host = parts.url.host;
    this.origin = parts.url.origin;
    this.breaker = parts.breaker;
    this.probe = {
      name: this.name,
      client: this.client,
      prefix: this.prefix,
      host: this.host,
      headers: () => this.headers(),
      report: (status, error) => this.#probeReported(status, error),
      ended: () => this.#probeEnded(),
    };
  }

  headers(): readonly string[] {
    return this.#parts.token === null ? NO_HEADERS : this.#parts.token.headers();
  }

  /** The object to send the next attempt with. */
  send(now: number): UpstreamTarget {
    this.inflight += 1;
    return this.breaker.sent(now) ? this.probe : this;
  }

  report(status: number, error: UpstreamErrorCode | undefined): void {
    const outcome = this.#outcome(status, error);
    if (outcome === 'neutral') return;
    const now = this.#parts.clock();
    this.breaker.ended(outcome === 'failed', now);
    this.#parts.ended(outcome, now);
  }

  ended(): void {
    this.inflight -= 1;
  }

  #probeReported(status: number, error: UpstreamErrorCode | undefined): void {
    const outcome = this.#outcome(status, error);
    if (outcome === 'neutral') {
      this.breaker.probeAbandoned();
      return;
    }
    const now = this.#parts.clock();
    this.breaker.probeEnded(outcome === 'failed', now);
    this.#parts.ended(outcome, now);
  }

  #probeEnded(): void {
    this.inflight -= 1;
    // Reported before, this changes nothing; else the client left and the slot is free again.
    this.breaker.probeAbandoned();
  }

  #outcome(status: number, error: UpstreamErrorCode | undefined): AttemptOutcome {
    const outcome = attemptOutcome(status, error, this.#parts.failureStatuses);
    if (outcome === 'failed') this.health.reported(!isUnreachable(error));
    else if (outcome === 'succeeded' && !this.health.isUp) this.health.reported(true);
    return outcome;
  }
}
