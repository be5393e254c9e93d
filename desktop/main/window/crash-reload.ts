/** A page that dies more often than this within a minute is not brought back by reloading. */
const MAX_RELOADS = 3;
const WITHIN_MS = 60_000;
const STEP_MS = 100;

/**
 * How long to wait before the page is reloaded, or null when it died too often.
 *
 * @param crashes epoch ms of every crash so far, this one included, oldest first
 */
export function reloadAfter(crashes: readonly number[], now: number): number | null {
  const recent = crashes.filter((at) => now - at < WITHIN_MS).length;
  return recent > MAX_RELOADS ? null : recent * STEP_MS;
}
