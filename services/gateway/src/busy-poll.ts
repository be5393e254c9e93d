/** Says that something has just happened, at `now` (ms of `performance.now()`). */
export type StayAwake = (now: number) => void;

/**
 * For `microseconds` after each sign of life the event loop looks for the next one instead of
 * sleeping (HAProxy's option of the same name). A virtual processor that sleeps between two requests
 * wakes late and cold; one that doesn't sleep is busy, whatever it does. Null for 0: it sleeps.
 */
export function createBusyPoll(microseconds: number): StayAwake | null {
  if (microseconds === 0) return null;
  let until = 0;
  let awake = false;
  // An immediate that is due keeps the loop from waiting for its sockets.
  const turn = (): void => {
    awake = performance.now() < until;
    if (awake) setImmediate(turn);
  };
  return (now) => {
    until = now + microseconds / 1_000;
    if (awake) return;
    awake = true;
    setImmediate(turn);
  };
}
