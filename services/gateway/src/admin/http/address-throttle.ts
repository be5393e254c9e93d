const WINDOW_MS = 60_000;
/** More addresses than this at once: the oldest window is given up early. */
const MAX_ADDRESSES = 10_000;

/** Requests of one address in the minute that began with its first. */
interface Window {
  startedAt: number;
  count: number;
}

/** Seconds to wait, or 0 when the request may go on. */
export type AddressThrottle = {
  /** Counts one and tells. */
  take: (address: string) => number;
  /** Tells without counting. */
  peek: (address: string) => number;
};

/** At most `limit` a minute per address; in this process, bounded. */
export function createAddressThrottle(limit: number, now = Date.now): AddressThrottle {
  const windows = new Map<string, Window>();
  const current = (address: string): Window => {
    const known = windows.get(address);
    if (known !== undefined && now() - known.startedAt < WINDOW_MS) return known;
    windows.delete(address);
    for (const oldest of windows.keys()) {
      if (windows.size < MAX_ADDRESSES) break;
      windows.delete(oldest);
    }
    const fresh = { startedAt: now(), count: 0 };
    windows.set(address, fresh);
    return fresh;
  };
  const waitOf = ({ startedAt, count }: Window): number =>
    count < limit ? 0 : Math.max(1, Math.ceil((startedAt + WINDOW_MS - now()) / 1_000));
  return {
    take(address) {
      const window = current(address);
      const wait = waitOf(window);
      if (wait === 0) window.count += 1;
      return wait;
    },
    peek(address) {
      const known = windows.get(address);
      return known === undefined || now() - known.startedAt >= WINDOW_MS ? 0 : waitOf(known);
    },
  };
}
