const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 10_000;
const WINDOW_MS = 60_000;
const LOOP_DEATHS = 5;

export interface RestartDecision {
  readonly delayMs: number;
  /** Deaths came so fast that the model must be shown as failed (restarts go on). */
  readonly crashLoop: boolean;
}

/** Decides from the times of the latest deaths when a lane starts again. Mutates nothing. */
export function decideRestart(deathsAt: readonly number[], now: number): RestartDecision {
  const recent = deathsAt.filter((at) => now - at < WINDOW_MS).length;
  return {
    delayMs: Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, recent - 1)),
    crashLoop: recent >= LOOP_DEATHS,
  };
}
