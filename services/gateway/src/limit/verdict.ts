/**
 * What all limits of a request say together, as the local table and Redis both put it. The arrays
 * are as long as the plan's limits.
 */
export interface Verdict {
  admitted: boolean;
  /** 0 when admitted: the longest wait of all limits. */
  waitUs: number;
  /** The limit to tell the client about: the one that makes it wait, else the tightest. */
  index: number;
  /** Of that limit: requests left, and microseconds until nothing of it is used. */
  remaining: number;
  resetUs: number;
}
