const WINDOW_MS = 60_000;
const PER_WINDOW = 5;
const MAX_KINDS = 100;

/**
 * Reports of one kind in a minute, at most five: an outage of the key store fails every request, and
 * the fifth report says no more than the first.
 */
export function createFaultBudget(now: () => number = Date.now): (kind: string) => boolean {
  const spent = new Map<string, { since: number; count: number }>();
  return (kind) => {
    const at = now();
    const entry = spent.get(kind);
    if (entry === undefined || at - entry.since >= WINDOW_MS) {
      if (entry === undefined && spent.size >= MAX_KINDS) return false;
      spent.set(kind, { since: at, count: 1 });
      return true;
    }
    entry.count += 1;
    return entry.count <= PER_WINDOW;
  };
}
