import { Bucket } from './bucket.ts';

/** About 40 MB of buckets of exact limits of 100; far more than one instance has clients. */
const MAX_BUCKETS = 100_000;
/** Old entries looked at per new one: more than one, so that the table shrinks as fast as it grows. */
const LOOK_AT = 2;
/** The same when the table is full. */
const LOOK_AT_FULL = 64;

/**
 * The buckets of this process, bounded. Only entries that say nothing any more are forgotten: one
 * that still limits its subject stays, whatever else comes, and when there is no room a new subject
 * gets none. (A table that forgets the least recently used frees a blocked client.)
 */
export class BucketTable {
  readonly #buckets = new Map<string, Bucket>();
  readonly #max: number;
  #cursor: Iterator<Bucket> | undefined;

  constructor(maxBuckets = MAX_BUCKETS) {
    this.#max = maxBuckets;
  }

  get size(): number {
    return this.#buckets.size;
  }

  find(id: string): Bucket | undefined {
    return this.#buckets.get(id);
  }

  /** The bucket of an id, made when there is room; undefined when there is none. */
  obtain(id: string, nowUs: number): Bucket | undefined {
    const known = this.#buckets.get(id);
    if (known !== undefined) return known;
    this.#forgetSome(this.#buckets.size < this.#max ? LOOK_AT : LOOK_AT_FULL, nowUs);
    if (this.#buckets.size >= this.#max) return undefined;
    const bucket = new Bucket(id);
    this.#buckets.set(id, bucket);
    return bucket;
  }

  delete(id: string): boolean {
    const bucket = this.#buckets.get(id);
    if (bucket === undefined) return false;
    bucket.evicted = true;
    return this.#buckets.delete(id);
  }

  /** Looks at a few entries, going round; no timer, no pause however large the table is. */
  #forgetSome(count: number, nowUs: number): void {
    for (let i = 0; i < count; i += 1) {
      this.#cursor ??= this.#buckets.values();
      const next = this.#cursor.next();
      if (next.done === true) {
        this.#cursor = undefined;
        continue;
      }
      if (next.value.freeAtUs <= nowUs) this.delete(next.value.id);
    }
  }
}
