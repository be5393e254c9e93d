import { FailureWindow } from './failure-window.ts';

const WINDOW_MS = 10_000;
/** Quiet upstreams may be asked a second time too. */
const FLOOR = 3;
const SHARE = 0.1;

/**
 * Second attempts as a share of requests: at most a tenth of the requests of the last 10 s (and
 * three where there are few), so that a struggling upstream never sees a multiple of its load.
 */
export class RetryBudget {
  readonly #requests = new FailureWindow(WINDOW_MS);

  /** A request gets its first attempt. */
  requested(now: number): void {
    this.#requests.add(false, now);
  }

  /** Takes one retry out of the budget; false when it is used up. */
  take(now: number): boolean {
    this.#requests.expire(now);
    const { total, failed: retries } = this.#requests;
    const requests = total - retries;
    if (retries + 1 > Math.max(FLOOR, requests * SHARE)) return false;
    this.#requests.add(true, now);
    return true;
  }
}
