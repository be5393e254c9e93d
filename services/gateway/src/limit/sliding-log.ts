/**
 * Exact limit: the times of the units admitted within the last window, oldest first, in a ring that
 * grows as needed. Refused requests are not written.
 */
export class SlidingLog {
  #times = new Float64Array(4);
  #head = 0;
  #size = 0;

  /** Units admitted within the window that ends now. */
  get size(): number {
    return this.#size;
  }

  /** Forgets what left the window: a unit counts until exactly `windowUs` after it was admitted. */
  prune(windowUs: number, nowUs: number): void {
    const horizon = nowUs - windowUs;
    while (this.#size > 0 && this.#at(0) <= horizon) {
      this.#head = (this.#head + 1) & (this.#times.length - 1);
      this.#size -= 1;
    }
  }

  /** When the oldest `count` units have left the window; only for a pruned log that has as many. */
  freeAt(count: number, windowUs: number): number {
    return this.#at(count - 1) + windowUs;
  }

  /** When all units have left the window. */
  emptyAt(windowUs: number): number {
    return this.#size === 0 ? 0 : this.#at(this.#size - 1) + windowUs;
  }

  add(units: number, nowUs: number): void {
    while (this.#size + units > this.#times.length) this.#grow();
    for (let i = 0; i < units; i += 1) {
      this.#times[(this.#head + this.#size) & (this.#times.length - 1)] = nowUs;
      this.#size += 1;
    }
  }

  #at(index: number): number {
    return this.#times[(this.#head + index) & (this.#times.length - 1)] ?? 0;
  }

  /** Capacity is a power of two, so that a mask finds a slot. */
  #grow(): void {
    const larger = new Float64Array(this.#times.length * 2);
    for (let i = 0; i < this.#size; i += 1) larger[i] = this.#at(i);
    this.#times = larger;
    this.#head = 0;
  }
}
