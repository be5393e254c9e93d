/** As many as the retry budget covers in a quiet time: no request is lost to a dead target. */
const FAILURES_IN_A_ROW = 3;
const EJECT_MS = 5_000;
const MAX_EJECT_MS = 60_000;

/**
 * Takes a target out of the rotation after three failures in a row, long before its circuit has seen
 * enough to open. At most half of the targets are out, so a fault that is everybody's ejects nobody
 * but the first ones, and a single target never is. Pure: time comes in.
 */
export class OutlierEjection {
  readonly #failures: number[];
  readonly #until: number[];
  readonly #times: number[];
  readonly #maxEjected: number;

  constructor(targets: number) {
    this.#failures = Array.from({ length: targets }, () => 0);
    this.#until = Array.from({ length: targets }, () => -Infinity);
    this.#times = Array.from({ length: targets }, () => 0);
    this.#maxEjected = Math.floor(targets / 2);
  }

  isEjected(target: number, now: number): boolean {
    return now < (this.#until[target] ?? -Infinity);
  }

  succeeded(target: number): void {
    this.#failures[target] = 0;
    this.#times[target] = 0;
  }

  failed(target: number, now: number): void {
    const failures = (this.#failures[target] ?? 0) + 1;
    this.#failures[target] = failures;
    if (failures < FAILURES_IN_A_ROW || this.isEjected(target, now)) return;
    if (this.ejected(now) >= this.#maxEjected) return;
    const times = this.#times[target] ?? 0;
    this.#times[target] = times + 1;
    this.#until[target] = now + Math.min(EJECT_MS * 2 ** times, MAX_EJECT_MS);
    // One more failure after its return, and it is out again.
    this.#failures[target] = FAILURES_IN_A_ROW - 1;
  }

  /** How many are out. */
  ejected(now: number): number {
    let count = 0;
    for (const until of this.#until) if (now < until) count += 1;
    return count;
  }
}
