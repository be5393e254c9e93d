import { NO_CRASHES, addCrash, isCrashLoop, restartDelayMs } from './back-off.ts';

/** Counts the crashes of a revision and starts it again after a pause that grows with them. */
export class Restarts {
  #crashes = NO_CRASHES;
  #timer: NodeJS.Timeout | null = null;

  /** A start is due later: nothing may start before it. */
  get pending(): boolean {
    return this.#timer !== null;
  }

  get looping(): boolean {
    return isCrashLoop(this.#crashes);
  }

  get delayMs(): number {
    return restartDelayMs(this.#crashes);
  }

  /** An instance ended, or never began, without being asked to. */
  add(readyForMs: number): void {
    this.#crashes = addCrash(this.#crashes, { at: Date.now(), readyForMs });
  }

  schedule(start: () => void): void {
    this.clear();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      start();
    }, this.delayMs);
  }

  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
