/** How far a shown value can be trusted, by its age. */
export type Freshness = 'fresh' | 'reconnecting' | 'stale' | 'unknown';

/** A value counts as stale after this many of its own intervals without news (console facts, C8). */
export const STALE_AFTER_INTERVALS = 3;

/**
 * Judges a value by its age.
 *
 * @param ageMs age in milliseconds; null when nothing was ever received
 * @param intervalMs how often the source is expected to speak, in milliseconds
 */
export function freshnessOf(ageMs: number | null, intervalMs: number): Freshness {
  if (ageMs === null || Number.isNaN(ageMs)) return 'unknown';
  if (ageMs <= intervalMs * 1.5) return 'fresh';
  return ageMs <= intervalMs * STALE_AFTER_INTERVALS ? 'reconnecting' : 'stale';
}
