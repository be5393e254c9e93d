import type { Duration, Timestamp } from './resources.ts';

/** Milliseconds since 1970 as a protobuf timestamp. */
export function toTimestamp(ms: number): Timestamp {
  const seconds = Math.floor(ms / 1000);
  return { seconds: String(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

/** A protobuf duration in milliseconds, or the fallback when it is absent or zero. */
export function durationMs(duration: Duration | undefined, fallbackMs: number): number {
  const ms = Number(duration?.seconds ?? 0) * 1000 + (duration?.nanos ?? 0) / 1e6;
  return ms > 0 ? ms : fallbackMs;
}
