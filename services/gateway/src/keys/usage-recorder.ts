import type { AcceptedKey } from './auth-decision.ts';
import type { KeyRepository } from './key-repository.ts';
import type { UsageBatch } from './key-usage.ts';
import { sourceAddress, sourceAgent } from './key-sources.ts';
import { addBuckets, bucketOf } from './usage-buckets.ts';
import { addMethods } from './usage-methods.ts';
import type { UsageCounter } from './usage-counter.ts';

const FLUSH_EVERY_MS = 5_000;
const MINUTE_MS = 60_000;

/** A client that does not say what it is. */
const NO_AGENT = '';

type Counts = UsageBatch['counts'][number] & { buckets: number[]; methods: Record<string, number> };
type Source = NonNullable<UsageBatch['sources']>[number];
type LastUse = UsageBatch['lastUsed'][number];

/** What is counted of a request; a `RequestScope` is one. */
export interface CountedRequest {
  /** Undefined when none was accepted: then nothing is counted. */
  readonly key: AcceptedKey | undefined;
  /** Bounded label. */
  readonly route: string;
  /** Bounded label. */
  readonly method: string;
  readonly bytesSent: number;
  readonly clientAddress: string;
  readonly head: { readonly 'user-agent': string | undefined };
}

/**
 * Counts what keys are used for and writes it in batches: one statement per 5 s at most. A count
 * belongs to the minute in which it is written, so it may be up to 5 s late.
 */
export class UsageRecorder {
  #listed: UsageCounter[] = [];
  /** Could not be written yet. */
  #counts = new Map<string, Counts>();
  #lastUsed = new Map<string, LastUse>();
  #sources = new Map<string, Source>();
  #timer: NodeJS.Timeout | undefined;
  readonly #write: (batch: UsageBatch) => Promise<void>;

  constructor(repositories: () => Promise<readonly KeyRepository[]>) {
    this.#write = async (batch) => {
      for (const repository of await repositories()) await repository.recordUsage(batch);
    };
  }

  /** A key was accepted. On the request path: some numbers change, nothing else. */
  used(key: AcceptedKey): void {
    const { usage } = key;
    usage.lastUsedMs = Date.now();
    if (!usage.listed) this.#list(usage);
  }

  /** A request ended. On the request path too. */
  ended(request: CountedRequest, status: number, durationMs: number): void {
    const usage = request.key?.usage;
    if (usage === undefined) return;
    if (!usage.listed) this.#list(usage);
    const count = usage.of(request.route);
    count.requests += 1;
    if (status >= 400) count.errors += 1;
    count.bytes += request.bytesSent;
    count.durationMs += durationMs;
    const bucket = bucketOf(durationMs);
    count.buckets[bucket] = (count.buckets[bucket] ?? 0) + 1;
    count.methods[request.method] = (count.methods[request.method] ?? 0) + 1;
    usage.from(request.clientAddress, request.head['user-agent'] ?? NO_AGENT);
  }

  /** Loses nothing to a store that is away: what could not be written is kept, minute by minute. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#take();
    if (this.#counts.size === 0 && this.#lastUsed.size === 0) return;
    const [counts, lastUsed, sources] = [this.#counts, this.#lastUsed, this.#sources];
    this.#counts = new Map();
    this.#lastUsed = new Map();
    this.#sources = new Map();
    try {
      await this.#write({
        counts: [...counts.values()],
        lastUsed: [...lastUsed.values()],
        sources: [...sources.values()],
      });
    } catch (error) {
      for (const count of counts.values()) this.#addCount(count);
      for (const use of lastUsed.values()) this.#addUse(use);
      for (const source of sources.values()) this.#addSource(source);
      throw error;
    }
  }

  #list(usage: UsageCounter): void {
    usage.listed = true;
    this.#listed.push(usage);
    this.#timer ??= setTimeout(() => {
      this.flush().catch(() => undefined);
    }, FLUSH_EVERY_MS).unref();
  }

  /** Moves the counts of this minute out of the counters. */
  #take(): void {
    const minute = new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS);
    for (const usage of this.#listed) {
      const { keyId, secretNo } = usage;
      usage.listed = false;
      if (usage.lastUsedMs > 0) this.#addUse({ keyId, secretNo, at: new Date(usage.lastUsedMs) });
      for (const [route, count] of usage.routes) {
        this.#addCount({ keyId, secretNo, minute, route, ...count });
      }
      usage.routes.clear();
      this.#takeSources(usage);
    }
    this.#listed = [];
  }

  #addCount(count: Counts): void {
    const at = `${count.keyId} ${count.secretNo} ${count.minute.getTime()} ${count.route}`;
    const known = this.#counts.get(at);
    if (known === undefined) {
      this.#counts.set(at, count);
      return;
    }
    known.requests += count.requests;
    known.errors += count.errors;
    known.bytes += count.bytes;
    known.durationMs += count.durationMs;
    addBuckets(known.buckets, count.buckets);
    addMethods(known.methods, count.methods);
  }

  #takeSources({ keyId, lastUsedMs, addresses, agents }: UsageCounter): void {
    const at = new Date(lastUsedMs > 0 ? lastUsedMs : Date.now());
    for (const [address, requests] of addresses) {
      this.#addSource({ keyId, kind: 'address', name: sourceAddress(address), requests, at });
    }
    for (const [agent, requests] of agents) {
      this.#addSource({ keyId, kind: 'agent', name: sourceAgent(agent), requests, at });
    }
    addresses.clear();
    agents.clear();
  }

  #addSource(source: Source): void {
    const at = `${source.keyId} ${source.kind} ${source.name}`;
    const known = this.#sources.get(at);
    if (known === undefined) this.#sources.set(at, source);
    else {
      const later = known.at < source.at ? source.at : known.at;
      this.#sources.set(at, { ...known, requests: known.requests + source.requests, at: later });
    }
  }

  #addUse(use: LastUse): void {
    const at = `${use.keyId} ${use.secretNo}`;
    const known = this.#lastUsed.get(at);
    if (known === undefined || known.at < use.at) this.#lastUsed.set(at, use);
  }
}
