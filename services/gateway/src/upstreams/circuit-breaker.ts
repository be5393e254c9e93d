import { FailureWindow } from './failure-window.ts';

/** When a circuit opens, and for how long. */
export interface BreakerSettings {
  /** Opens at this share of failed attempts ... */
  readonly errorPercent: number;
  /** ... of at least so many ... */
  readonly minRequests: number;
  /** ... within this time. */
  readonly windowMs: number;
  /** First time of being open; doubled with every probe that fails. */
  readonly openMs: number;
  readonly maxOpenMs: number;
}

export type CircuitState = 'closed' | 'open' | 'half_open';

/** A probe that is never reported (the client left, the answer hangs) is given up after this. */
const PROBE_LOST_AFTER_MS = 10_000;
/** Instances that opened together must not probe together: open times are up to a tenth longer. */
const JITTER = 0.1;

/**
 * Circuit breaker of one upstream target. Pure: time comes in, nothing is scheduled.
 *
 * closed -> open when the window holds too many failures; open -> half-open when its time is over;
 * half-open lets one probe through: its success closes, its failure opens for twice as long.
 * What is reported of attempts sent before the circuit opened changes nothing while it is not closed.
 */
export class CircuitBreaker {
  readonly #settings: BreakerSettings;
  readonly #window: FailureWindow;
  readonly #random: () => number;
  #open = false;
  #openUntil = 0;
  #openMs: number;
  /** When the probe under way was sent; -Infinity while there is none. */
  #probeSentAt = -Infinity;

  constructor(settings: BreakerSettings, random: () => number = Math.random) {
    this.#settings = settings;
    this.#window = new FailureWindow(settings.windowMs);
    this.#random = random;
    this.#openMs = settings.openMs;
  }

  state(now: number): CircuitState {
    if (!this.#open) return 'closed';
    return now < this.#openUntil ? 'open' : 'half_open';
  }

  /** Whether an attempt may be sent. Changes nothing. */
  allows(now: number): boolean {
    if (!this.#open) return true;
    return now >= this.#openUntil && now - this.#probeSentAt >= PROBE_LOST_AFTER_MS;
  }

  /** An attempt is sent; true says that it is the probe, to be reported by `probeEnded`. */
  sent(now: number): boolean {
    if (!this.#open) return false;
    this.#probeSentAt = now;
    return true;
  }

  /** An ordinary attempt was answered, or failed. */
  ended(failed: boolean, now: number): void {
    if (this.#open) return;
    this.#window.add(failed, now);
    if (!failed) return;
    const { total, failed: failures } = this.#window;
    const { minRequests, errorPercent } = this.#settings;
    if (total >= minRequests && failures * 100 >= total * errorPercent) {
      this.#openMs = this.#settings.openMs;
      this.#openAt(now);
    }
  }

  /** The probe was answered, or failed. */
  probeEnded(failed: boolean, now: number): void {
    if (!this.#open || this.#probeSentAt === -Infinity) return;
    this.#probeSentAt = -Infinity;
    if (failed) {
      this.#openMs = Math.min(this.#openMs * 2, this.#settings.maxOpenMs);
      this.#openAt(now);
      return;
    }
    this.#open = false;
    this.#window.reset();
  }

  /** The probe came to nothing that says anything of the target: the next request is the probe. */
  probeAbandoned(): void {
    this.#probeSentAt = -Infinity;
  }

  /** Until a probe may be sent; 0 when one may. */
  retryAfterMs(now: number): number {
    if (!this.#open) return 0;
    const probeOver = this.#probeSentAt + PROBE_LOST_AFTER_MS;
    return Math.max(0, this.#openUntil - now, probeOver - now);
  }

  #openAt(now: number): void {
    this.#open = true;
    this.#probeSentAt = -Infinity;
    this.#openUntil = now + this.#openMs * (1 + JITTER * this.#random());
    this.#window.reset();
  }
}
