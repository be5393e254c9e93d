/** Says that something has just happened, at `now` (ms of `performance.now()`). */
export type StayAwake = (now: number) => void;

export interface BusyPoll {
  readonly stayAwake: StayAwake;
  /** How long it looked for a sign of life in vain, so far. */
  waitedSeconds(): number;
}

/**
 * For `microseconds` after each sign of life the event loop looks for the next one instead of
 * sleeping (HAProxy's option of the same name). A virtual processor that sleeps between two requests
 * wakes late and cold; one that doesn't sleep is busy, whatever it does. Null for 0: it sleeps.
 */
export function createBusyPoll(microseconds: number): BusyPoll | null {
  if (microseconds === 0) return null;
  let until = 0;
  let awake = false;
  let turnedAt = 0;
  let quiet = false;
  let waitedMs = 0;
  // An immediate that is due keeps the loop from waiting for its sockets.
  const turn = (): void => {
    const now = performance.now();
    if (quiet) waitedMs += now - turnedAt;
    turnedAt = now;
    quiet = true;
    awake = now < until;
    if (awake) setImmediate(turn);
  };
  return {
    stayAwake(now) {
      until = now + microseconds / 1_000;
      quiet = false;
      if (awake) return;
      awake = true;
      setImmediate(turn);
    },
    waitedSeconds: () => waitedMs / 1_000,
  };
}
