import type { ApiKey } from '../../../shared/domain/api-key.ts';
import { keyStatus } from '../../../shared/domain/api-key.ts';
import type { Tone } from '../../ui/status-dot.tsx';
import type { KeyCounts } from './key-usage.ts';

const DAY_MS = 24 * 3_600_000;
/** A key that nobody used for this long is worth a look. */
const UNUSED_AFTER_MS = 30 * DAY_MS;

/** What the pill of a key says and how it is drawn. */
export interface KeyState {
  readonly tone: Tone;
  readonly word: string;
}

const days = (ms: number): string => `${String(Math.max(1, Math.round(ms / DAY_MS)))} d`;

/** Share of its limit that a key used in the last minute, 0..1; null without a limit or a count. */
export function limitShare(key: ApiKey, usage: KeyCounts | undefined): number | null {
  const lastMinute = usage?.lastMinute ?? null;
  if (key.rateLimitPerMinute === null || lastMinute === null) return null;
  return Math.min(1, lastMinute / key.rateLimitPerMinute);
}

/** The one thing worth saying about a key at `now` (epoch ms). */
export function keyState(key: ApiKey, usage: KeyCounts | undefined, now: number): KeyState {
  const status = keyStatus(key, now);
  if (status === 'revoked') return { tone: 'bad', word: 'Revoked' };
  if (status === 'expired') return { tone: 'idle', word: 'Expired' };
  if (limitShare(key, usage) === 1) return { tone: 'warn', word: 'At limit' };
  if (status === 'expiring') {
    return { tone: 'warn', word: `Expires in ${days(Date.parse(key.expiresAt ?? '') - now)}` };
  }
  const idleMs = now - Date.parse(key.lastUsedAt ?? key.createdAt ?? new Date(now).toISOString());
  if (idleMs > UNUSED_AFTER_MS) return { tone: 'idle', word: `Unused ${days(idleMs)}` };
  return { tone: 'ok', word: 'Active' };
}
