/**
 * Exact limit: the times of the last `limit` admitted requests in a ring. The oldest of them leaves
 * the window first, so one comparison decides. Refused requests are not written.
 */
export interface SlidingLog {
  readonly times: Float64Array;
  next: number;
}

export interface SlidingLogDecision {
  admitted: boolean;
  remaining: number;
  retryAfterUs: number;
}

/** An empty log: everything older than any window. */
export function createSlidingLog(limit: number): SlidingLog {
  return { times: new Float64Array(limit).fill(-Infinity), next: 0 };
}

/** Admits at most `limit` requests in any half-open window. Changes the log when it admits. */
export function slide(log: SlidingLog, windowUs: number, nowUs: number): SlidingLogDecision {
  const oldest = log.times[log.next] ?? -Infinity;
  const freeAt = oldest + windowUs;
  if (freeAt > nowUs) return { admitted: false, remaining: 0, retryAfterUs: freeAt - nowUs };
  log.times[log.next] = nowUs;
  log.next = (log.next + 1) % log.times.length;
  return { admitted: true, remaining: countFree(log, nowUs - windowUs), retryAfterUs: 0 };
}

/** Slots whose request has left the window; the ring is sorted from `next` on. */
function countFree({ times, next }: SlidingLog, horizonUs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const time = times[(next + middle) % times.length] ?? -Infinity;
    if (time <= horizonUs) low = middle + 1;
    else high = middle;
  }
  return low;
}
