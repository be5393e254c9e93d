/**
 * Runs work that a result leaves behind (counts, caches) and its client need not wait for: after the
 * answers of this turn of the event loop are written, and before anything else is read.
 */
export function afterAnswer(work: () => void): void {
  setImmediate(work);
}
