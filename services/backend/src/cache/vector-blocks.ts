/** A block is made for so many vectors of one length. */
const VECTORS_OF_A_BLOCK = 128;

interface Block {
  readonly numbers: Float32Array;
  /** Slots without a vector. */
  readonly free: number[];
}

/** Where a vector lies, until it is dropped. */
export interface Place {
  readonly block: Block;
  readonly slot: number;
}

/**
 * Keeps vectors side by side in a few large arrays. An array of its own for each, tens of thousands that
 * come and go, costs the process twice their size: what the allocator cannot give back, and garbage.
 */
export class VectorBlocks {
  /** Blocks with a free slot, by the length of their vectors. */
  readonly #roomy = new Map<number, Set<Block>>();
  #bytes = 0;

  /** What all blocks take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Copies a vector in. */
  put(vector: Float32Array): Place {
    const roomy = this.#roomyFor(vector.length);
    const [block = this.#addBlock(vector.length)] = roomy;
    roomy.add(block);
    const slot = block.free.pop() ?? 0;
    if (block.free.length === 0) roomy.delete(block);
    block.numbers.set(vector, slot * vector.length);
    return { block, slot };
  }

  /** A copy, because the place may be given to another vector. */
  read({ block, slot }: Place): Float32Array {
    const length = lengthOf(block);
    return block.numbers.slice(slot * length, (slot + 1) * length);
  }

  /** The place must not be used any more. */
  drop({ block, slot }: Place): void {
    const roomy = this.#roomyFor(lengthOf(block));
    block.free.push(slot);
    roomy.add(block);
    // Vectors of other models may need the memory; one block stays for those that come next.
    if (block.free.length < VECTORS_OF_A_BLOCK || roomy.size === 1) return;
    roomy.delete(block);
    this.#bytes -= block.numbers.byteLength;
  }

  #addBlock(length: number): Block {
    const numbers = new Float32Array(VECTORS_OF_A_BLOCK * length);
    this.#bytes += numbers.byteLength;
    return { numbers, free: Array.from({ length: VECTORS_OF_A_BLOCK }, (_, slot) => slot) };
  }

  #roomyFor(length: number): Set<Block> {
    const known = this.#roomy.get(length);
    if (known !== undefined) return known;
    const fresh = new Set<Block>();
    this.#roomy.set(length, fresh);
    return fresh;
  }
}

function lengthOf({ numbers }: Block): number {
  return numbers.length / VECTORS_OF_A_BLOCK;
}
