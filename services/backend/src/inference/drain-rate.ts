const SMOOTHING = 0.2;
/** Before anything was measured: a slow core, so that Retry-After is never too short. */
const FIRST_GUESS = 2_000;

/** Tokens per second that all lanes really work off, as a moving average over dispatches. */
export class DrainRate {
  #tokensPerSecond = FIRST_GUESS;

  /** Notes one dispatch of `tokens` that took `ms` on one of `lanes` lanes. */
  note(tokens: number, ms: number, lanes: number): void {
    if (tokens <= 0 || ms <= 0) return;
    const rate = (tokens / ms) * 1_000 * lanes;
    this.#tokensPerSecond += SMOOTHING * (rate - this.#tokensPerSecond);
  }

  get tokensPerSecond(): number {
    return this.#tokensPerSecond;
  }
}
