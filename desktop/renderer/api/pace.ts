/** While an operation runs traffic and states change under the page; else they hardly do. */
const BUSY_EVERY_MS = 1_000;
/** How old what is read on a quiet page may be. */
export const QUIET_EVERY_MS = 10_000;

/** How often to read what changes with operations, in ms. */
export function paceOf(busy: boolean): number {
  return busy ? BUSY_EVERY_MS : QUIET_EVERY_MS;
}
