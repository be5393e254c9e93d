/** Work that the averages look back on, in milliseconds of a lane's time. */
const RECENT_MS = 1_000;
const LONG_MS = 8_000;
/** Before anything was measured: a slow core, so that Retry-After is never too short. */
const FIRST_GUESS = 2_000;
const GUESS_WEIGHT_MS = 100;

/** A fading sum of work and of the time that it took: long dispatches count for more than short ones. */
class FadingPace {
  readonly #spanMs: number;
  #units: number;
  #ms = GUESS_WEIGHT_MS;

  constructor(spanMs: number, firstGuess: number) {
    this.#spanMs = spanMs;
    this.#units = (firstGuess * GUESS_WEIGHT_MS) / 1_000;
  }

  note(units: number, ms: number): void {
    const kept = Math.exp(-ms / this.#spanMs);
    this.#units = this.#units * kept + units;
    this.#ms = this.#ms * kept + ms;
  }

  /** Units per millisecond, if `extraMs` more had passed without a result. */
  perMs(extraMs: number): number {
    return this.#units / (this.#ms + extraMs);
  }
}

/** Says how a dispatch ended: with its work done, or not. */
export type EndOfRun = (done: boolean) => void;

/**
 * Units of work (tokens, or requests) that one lane really gets done in a second. It is the slower one
 * of a short and a long view, and a dispatch that is overdue slows it down before it ends: a promise
 * that is kept early costs nothing, one that is broken costs a client its deadline.
 */
export class DrainRate {
  readonly #now: () => number;
  readonly #recent: FadingPace;
  readonly #long: FadingPace;
  readonly #running = new Set<{ readonly units: number; readonly at: number }>();

  constructor(firstGuess = FIRST_GUESS, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#recent = new FadingPace(RECENT_MS, firstGuess);
    this.#long = new FadingPace(LONG_MS, firstGuess);
  }

  /** A lane begins `units` of work. */
  begin(units: number): EndOfRun {
    const run = { units, at: this.#now() };
    this.#running.add(run);
    return (done) => {
      this.#running.delete(run);
      const ms = this.#now() - run.at;
      if (!done || units <= 0 || ms <= 0) return;
      this.#recent.note(units, ms);
      this.#long.note(units, ms);
    };
  }

  /** Units per second of so many lanes. */
  perSecond(lanes: number): number {
    const pace = Math.min(this.#recent.perMs(0), this.#long.perMs(0));
    const now = this.#now();
    let overdueMs = 0;
    for (const { units, at } of this.#running) {
      overdueMs = Math.max(overdueMs, now - at - units / pace);
    }
    const slowed = overdueMs === 0 ? pace : Math.min(pace, this.#recent.perMs(overdueMs));
    return slowed * 1_000 * Math.max(1, lanes);
  }
}
