import type { CachedVector } from './cached-vector.ts';

/** What an entry costs beside its floats: key, map slot, object and array headers. */
const ENTRY_OVERHEAD_BYTES = 400;

function cost({ vector }: CachedVector): number {
  return vector.byteLength + ENTRY_OVERHEAD_BYTES;
}

/** Vectors in memory, bounded in bytes; the least recently used ones go first. */
export class MemoryCache {
  readonly #maxBytes: number;
  /** A Map keeps the order of insertion: the first entry is the one that was unused for longest. */
  readonly #entries = new Map<string, CachedVector>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): CachedVector | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  set(key: string, { vector, tokens }: CachedVector): void {
    const old = this.#entries.get(key);
    if (old !== undefined) this.#remove(key, old);
    // A copy: a row of a dispatch would keep the vectors of all its batch mates alive.
    const entry = { vector: vector.slice(), tokens };
    this.#entries.set(key, entry);
    this.#bytes += cost(entry);
    for (const [oldest, victim] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#remove(oldest, victim);
    }
  }

  #remove(key: string, entry: CachedVector): void {
    this.#entries.delete(key);
    this.#bytes -= cost(entry);
  }
}
