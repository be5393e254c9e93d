const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const LOOP_WINDOW_MS = 60_000;
const LOOP_CRASHES = 5;
/** An instance that was ready this long is not part of a crash loop. */
export const STABLE_MS = 60_000;

/** Times of the last crashes of a revision's instances, newest last. */
export interface CrashHistory {
  readonly times: readonly number[];
  readonly streak: number;
}

export const NO_CRASHES: CrashHistory = { times: [], streak: 0 };

/** Adds a crash; an instance that had been ready for a minute starts a new streak. */
export function addCrash(
  history: CrashHistory,
  crash: { readonly at: number; readonly readyForMs: number },
): CrashHistory {
  const times = [...history.times, crash.at].filter((time) => crash.at - time < LOOP_WINDOW_MS);
  const streak = crash.readyForMs >= STABLE_MS ? 1 : history.streak + 1;
  return { times, streak };
}

/** 0.5 s, doubling to 30 s. */
export function restartDelayMs(history: CrashHistory): number {
  if (history.streak === 0) return 0;
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (history.streak - 1));
}

/** Five crashes in a minute. */
export function isCrashLoop(history: CrashHistory): boolean {
  return history.times.length >= LOOP_CRASHES;
}
