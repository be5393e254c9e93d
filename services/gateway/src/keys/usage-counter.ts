/** Counts of one secret of a key since they were last taken; plain numbers, changed in place. */
export interface RouteCount {
  requests: number;
  errors: number;
  bytes: number;
  durationMs: number;
}

/** What this process counted for one secret of a key. */
export class UsageCounter {
  readonly keyId: string;
  readonly secretNo: number;
  /** Unix milliseconds, 0 for never. */
  lastUsedMs = 0;
  /** Is in the recorder's list of what is to be written. */
  listed = false;
  readonly routes = new Map<string, RouteCount>();

  constructor(keyId: string, secretNo: number) {
    this.keyId = keyId;
    this.secretNo = secretNo;
  }

  of(route: string): RouteCount {
    let count = this.routes.get(route);
    if (count === undefined) {
      count = { requests: 0, errors: 0, bytes: 0, durationMs: 0 };
      this.routes.set(route, count);
    }
    return count;
  }
}
