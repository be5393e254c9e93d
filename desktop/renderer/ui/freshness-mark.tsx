import type { ReactElement } from 'react';
import { freshnessOf } from '../../shared/domain/freshness.ts';
import { useNow } from '../api/use-now.ts';
import { age, clockTime, fullTime } from './format-time.ts';

interface FreshnessMarkProps {
  /** Epoch ms of the newest observation; null when there never was one. */
  readonly at: number | null;
  /** How often the source is expected to speak. */
  readonly intervalMs?: number;
  readonly source?: string;
}

function words(at: number | null, now: number, intervalMs: number): string {
  if (at === null) return 'no values yet';
  switch (freshnessOf(now - at, intervalMs)) {
    case 'fresh':
    case 'unknown':
      return `${age(now - at)} old`;
    case 'reconnecting':
      return `${age(now - at)} old, reconnecting`;
    case 'stale':
      return `as of ${clockTime(at)}`;
  }
}

/** The age of what is shown and where it comes from. Ticks by itself. */
export function FreshnessMark(props: FreshnessMarkProps): ReactElement {
  const { at, intervalMs = 2_000, source } = props;
  const now = Math.max(useNow(), at ?? 0);
  const state = freshnessOf(at === null ? null : now - at, intervalMs);
  return (
    <span className={`freshness freshness-${state}`} title={at === null ? undefined : fullTime(at)}>
      {words(at, now, intervalMs)}
      {source !== undefined && ` · ${source}`}
    </span>
  );
}
