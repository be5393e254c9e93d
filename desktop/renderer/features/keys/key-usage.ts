import { age } from '../../ui/format-time.ts';

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;

/** Requests of a key in the last hour, oldest minute first; null where nothing was measured. */
export interface KeyCounts {
  readonly keyId: string;
  readonly lastMinute: number | null;
  readonly perMinute: readonly (number | null)[];
}

/** What is known of a key's last hour. */
export interface UsedHour {
  /** Requests of the measured minutes. */
  readonly total: number;
  /** How many minutes back the measuring goes; null when nothing tells. */
  readonly minutes: number | null;
}

/** Back to when anything is known, in minutes: a console that just started has no whole hour. */
export function measuredMinutes(usages: Iterable<KeyCounts>): number | null {
  const spans = [...usages].flatMap(({ perMinute }) => {
    const first = perMinute.findIndex((count) => count !== null);
    return first < 0 ? [] : [perMinute.length - first];
  });
  return spans.length === 0 ? null : Math.max(...spans);
}

/**
 * The hour of one key. The metrics know only keys that were used, so no counts mean no request where
 * the gateway is measured at all; `null` is "not measured yet".
 */
export function usedHour(
  counts: KeyCounts | undefined,
  gateway: { readonly isMeasured: boolean; readonly minutes: number | null },
): UsedHour | null {
  if (counts === undefined && !gateway.isMeasured) return null;
  const known = (counts?.perMinute ?? []).filter((count) => count !== null);
  if (counts !== undefined && known.length === 0) return null;
  return { total: known.reduce((sum, count) => sum + count, 0), minutes: gateway.minutes };
}

const isWhole = ({ minutes }: UsedHour): boolean => minutes !== null && minutes >= HOUR_MINUTES;

/** `in the last hour`, or how much of it is known: for a sentence. */
export function spanWords(hour: UsedHour): string {
  if (isWhole(hour)) return 'in the last hour';
  return hour.minutes === null
    ? 'since measuring began'
    : `in the ${age(hour.minutes * MINUTE_MS)} since measuring began`;
}

/** The same as a label. */
export function spanLabel(hour: UsedHour): string {
  if (isWhole(hour)) return 'last hour';
  return hour.minutes === null ? 'measured so far' : `last ${age(hour.minutes * MINUTE_MS)}`;
}
