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
  /** Requests by duration (usage-buckets.ts); empty for what was counted before there were any. */
  buckets: readonly number[];
  /** Requests by method; none of what was counted before there were any. */
  methods: Readonly<Record<string, number>>;
}

/** An `address` is a client's IPv4 address or IPv6 /64; an `agent` the product it names first. */
export type SourceKind = 'address' | 'agent';

/** From where a key is used. */
export interface KeySource {
  kind: SourceKind;
  name: string;
  requests: number;
  firstSeen: Date;
  lastSeen: Date;
}

/** Sources kept per key and kind: the latest seen. */
export const SOURCES_KEPT = 100;

/** What the keys together did lately, for the rules of hygiene.ts. */
export interface KeyActivity {
  keyId: string;
  /** Routes used in the whole time that was asked for. */
  routes: readonly string[];
  lastHour: { requests: number; errors: number };
  /** The 24 hours before it. */
  dayBefore: { requests: number; errors: number };
  sources: readonly KeySource[];
}

/** Counts to add, and when each secret was last used. */
export interface UsageBatch {
  counts: readonly (UsageRow & { keyId: string })[];
  lastUsed: readonly { keyId: string; secretNo: number; at: Date }[];
  sources?: readonly {
    keyId: string;
    kind: SourceKind;
    name: string;
    requests: number;
    at: Date;
  }[];
}
