/** What was counted for one secret of a key on one route in one minute. */
export interface UsageRow {
  /** Start of the minute. */
  minute: Date;
  secretNo: number;
  route: string;
  requests: number;
  /** Answers of 400 and above. */
  errors: number;
  bytes: number;
  durationMs: number;
}

/** Counts to add, and when each secret was last used. */
export interface UsageBatch {
  counts: readonly (UsageRow & { keyId: string })[];
  lastUsed: readonly { keyId: string; secretNo: number; at: Date }[];
}
