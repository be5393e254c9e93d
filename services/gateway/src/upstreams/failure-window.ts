const SLOTS = 10;

/**
 * How many attempts succeeded and failed lately: ten slots that are reused in turn, so that adding
 * costs a comparison and two additions, and nothing grows.
 */
export class FailureWindow {
  readonly #slotMs: number;
  readonly #total = new Uint32Array(SLOTS);
  readonly #failed = new Uint32Array(SLOTS);
  #current = 0;
  total = 0;
  failed = 0;

  constructor(windowMs: number) {
    this.#slotMs = windowMs / SLOTS;
  }

  /** A `now` that is a little behind counts for the current slot. */
  add(failed: boolean, now: number): void {
    this.expire(now);
    const slot = this.#current % SLOTS;
    this.#total[slot] = (this.#total[slot] ?? 0) + 1;
    this.total += 1;
    if (!failed) return;
    this.#failed[slot] = (this.#failed[slot] ?? 0) + 1;
    this.failed += 1;
  }

  /** Forgets what is older than the window. */
  expire(now: number): void {
    const slot = Math.floor(now / this.#slotMs);
    if (slot <= this.#current) return;
    const steps = Math.min(slot - this.#current, SLOTS);
    for (let step = 1; step <= steps; step += 1) this.#clear((slot - steps + step) % SLOTS);
    this.#current = slot;
  }

  reset(): void {
    for (let slot = 0; slot < SLOTS; slot += 1) this.#clear(slot);
  }

  #clear(slot: number): void {
    this.total -= this.#total[slot] ?? 0;
    this.failed -= this.#failed[slot] ?? 0;
    this.#total[slot] = 0;
    this.#failed[slot] = 0;
  }
}
