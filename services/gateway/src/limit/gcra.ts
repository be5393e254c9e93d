/**
 * Generic cell rate algorithm, pure, in integer microseconds. `intervalUs` is the time one request
 * pays for, `burst` how many may come at once. State is one number, the theoretical arrival time.
 */
export interface GcraLimit {
  intervalUs: number;
  burst: number;
}

export interface GcraDecision {
  admitted: boolean;
  /** State to keep; unchanged when refused, so a refused request costs nothing. */
  tatUs: number;
  remaining: number;
  /** 0 when admitted; waiting exactly this long is admitted when nobody else spends. */
  retryAfterUs: number;
}

/**
 * The limit that never admits more than `limit` requests in any window: of the window's requests,
 * `burst` may come at once, so the refill must be slower than `limit` per window.
 */
export function hardLimit(limit: number, windowUs: number, burst: number): GcraLimit {
  return { intervalUs: Math.ceil(windowUs / (limit - burst + 1)), burst };
}

/** Decides on one request at `nowUs`; `tatUs` is the state that the last decision returned. */
export function gcra({ intervalUs, burst }: GcraLimit, tatUs: number, nowUs: number): GcraDecision {
  const tolerance = burst * intervalUs;
  const next = Math.max(nowUs, tatUs) + intervalUs;
  const spent = next - nowUs;
  if (spent > tolerance) {
    return { admitted: false, tatUs, remaining: 0, retryAfterUs: spent - tolerance };
  }
  const remaining = Math.floor((tolerance - spent) / intervalUs);
  return { admitted: true, tatUs: next, remaining, retryAfterUs: 0 };
}
