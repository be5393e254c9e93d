import type { CachedVector } from './cached-vector.ts';
import type { Place } from './vector-blocks.ts';
import { VectorBlocks } from './vector-blocks.ts';

/** What an entry costs beside its floats: key, map slot, objects. */
const ENTRY_OVERHEAD_BYTES = 400;

interface Entry {
  readonly place: Place;
  readonly tokens: number;
  readonly cost: number;
}

/** Vectors in memory, bounded in bytes; the least recently used ones go first. */
export class MemoryCache {
  readonly #maxBytes: number;
  /** A Map keeps the order of insertion: the first entry is the one that was unused for longest. */
  readonly #entries = new Map<string, Entry>();
  readonly #vectors = new VectorBlocks();
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
    return { vector: this.#vectors.read(entry.place), tokens: entry.tokens };
  }

  set(key: string, { vector, tokens }: CachedVector): void {
    const old = this.#entries.get(key);
    if (old !== undefined) this.#remove(key, old);
    const cost = vector.byteLength + ENTRY_OVERHEAD_BYTES;
    this.#entries.set(key, { place: this.#vectors.put(vector), tokens, cost });
    this.#bytes += cost;
    for (const [oldest, victim] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#remove(oldest, victim);
    }
  }

  #remove(key: string, { place, cost }: Entry): void {
    this.#entries.delete(key);
    this.#vectors.drop(place);
    this.#bytes -= cost;
  }
}
