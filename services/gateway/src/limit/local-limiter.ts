import type { Bucket } from './bucket.ts';
import { BucketTable } from './bucket-table.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { bucketIdOf } from './limit-plan.ts';
import type { PlannedLimit } from './limit-plan.ts';
import type { Verdict } from './verdict.ts';

/**
 * Limits counted in this process. All limits of a request are asked first and paid only when every
 * one admits it; nothing runs between, so nobody can spend what was just seen free.
 */
export class LocalLimiter {
  readonly #table: BucketTable;
  readonly #nowMs: () => number;
  #nowUs = 0;
  /** Reused: it says what the last request was told, until the next one. */
  readonly #verdict: Verdict = { admitted: true, waitUs: 0, index: 0, remaining: 0, resetUs: 0 };

  /** `nowMs` is a monotonic clock. */
  constructor(table = new BucketTable(), nowMs: () => number = () => performance.now()) {
    this.#table = table;
    this.#nowMs = nowMs;
  }

  get size(): number {
    return this.#table.size;
  }

  /**
   * Decides on one request and pays for it; undefined when a subject is new and the table has no
   * room. The answer is valid until the next call.
   */
  check(limits: readonly PlannedLimit[], address: string): Verdict | undefined {
    const nowUs = this.#now();
    const verdict = this.#verdict;
    verdict.waitUs = 0;
    for (let i = 0; i < limits.length; i += 1) {
      const limit = limits[i];
      if (limit === undefined) break;
      const bucket = this.#bucketOf(limit, address, nowUs);
      if (bucket === undefined) return undefined;
      const waitUs = bucket.waitUs(limit.rule, nowUs);
      if (waitUs > verdict.waitUs) {
        verdict.waitUs = waitUs;
        verdict.index = i;
      }
    }
    verdict.admitted = verdict.waitUs === 0;
    if (verdict.admitted) this.#spend(limits, nowUs);
    else this.#report(verdict.index, limits, nowUs);
    return verdict;
  }

  /** State of one limit of a subject; spends nothing and makes no bucket. */
  peek(rule: CompiledPolicy, bucketId: string): Omit<Verdict, 'index' | 'admitted'> {
    const nowUs = this.#now();
    const bucket = this.#table.find(bucketId);
    if (bucket === undefined) {
      const burst = rule.exact ? rule.limit / rule.cost : rule.toleranceUs / rule.costUs;
      return { waitUs: 0, remaining: Math.floor(burst), resetUs: 0 };
    }
    const waitUs = bucket.waitUs(rule, nowUs);
    const remaining = bucket.remaining(rule, nowUs);
    return { waitUs, remaining, resetUs: bucket.resetUs(rule, nowUs) };
  }

  /** Forgets what a subject has spent; whether there was something. */
  reset(bucketId: string): boolean {
    return this.#table.delete(bucketId);
  }

  #spend(limits: readonly PlannedLimit[], nowUs: number): void {
    let least = Infinity;
    for (let i = 0; i < limits.length; i += 1) {
      const limit = limits[i];
      if (limit?.bucket === undefined) break;
      limit.bucket.spend(limit.rule, nowUs);
      const remaining = limit.bucket.remaining(limit.rule, nowUs);
      if (remaining < least) {
        least = remaining;
        this.#verdict.index = i;
      }
    }
    this.#report(this.#verdict.index, limits, nowUs);
  }

  #report(index: number, limits: readonly PlannedLimit[], nowUs: number): void {
    const limit = limits[index];
    if (limit?.bucket === undefined) return;
    this.#verdict.remaining = this.#verdict.admitted
      ? limit.bucket.remaining(limit.rule, nowUs)
      : 0;
    this.#verdict.resetUs = limit.bucket.resetUs(limit.rule, nowUs);
  }

  /** The bucket of the last time, unless the limit counts by address or it was forgotten since. */
  #bucketOf(limit: PlannedLimit, address: string, nowUs: number): Bucket | undefined {
    let { bucket } = limit;
    if (bucket === undefined || limit.byAddress || bucket.evicted) {
      bucket = this.#table.obtain(bucketIdOf(limit, address), nowUs);
      limit.bucket = bucket;
    }
    // Room for the request's next bucket must not be made by forgetting this one.
    if (bucket !== undefined && bucket.freeAtUs <= nowUs) bucket.freeAtUs = nowUs + 1;
    return bucket;
  }

  /** Never runs backwards, whatever the clock does. */
  #now(): number {
    const nowUs = Math.round(this.#nowMs() * 1_000);
    if (nowUs > this.#nowUs) this.#nowUs = nowUs;
    return this.#nowUs;
  }
}
