import { emptyBuckets } from './usage-buckets.ts';

/** Counts of one secret of a key since they were last taken; plain numbers, changed in place. */
export interface RouteCount {
  requests: number;
  errors: number;
  bytes: number;
  durationMs: number;
  /** Requests by duration (usage-buckets.ts). */
  buckets: number[];
  /** Requests by method, of which there are few (`METHOD_LABELS`). */
  methods: Record<string, number>;
}

/** More addresses or agents of one key between two writes than this are left out. */
const MAX_SOURCES = 64;

/** What this process counted for one secret of a key. */
export class UsageCounter {
  readonly keyId: string;
  readonly secretNo: number;
  /** Unix milliseconds, 0 for never. */
  lastUsedMs = 0;
  /** Is in the recorder's list of what is to be written. */
  listed = false;
  readonly routes = new Map<string, RouteCount>();
  /** Requests by the address and by the agent that they came from. */
  readonly addresses = new Map<string, number>();
  readonly agents = new Map<string, number>();

  constructor(keyId: string, secretNo: number) {
    this.keyId = keyId;
    this.secretNo = secretNo;
  }

  of(route: string): RouteCount {
    let count = this.routes.get(route);
    if (count === undefined) {
      const none = { requests: 0, errors: 0, bytes: 0, durationMs: 0 };
      count = { ...none, buckets: emptyBuckets(), methods: {} };
      this.routes.set(route, count);
    }
    return count;
  }

  /** One more request from there. */
  from(address: string, agent: string): void {
    addSource(this.addresses, address);
    addSource(this.agents, agent);
  }
}

function addSource(sources: Map<string, number>, name: string): void {
  const count = sources.get(name);
  if (count !== undefined) sources.set(name, count + 1);
  else if (sources.size < MAX_SOURCES) sources.set(name, 1);
}
