/** As much as one read of a connection brings. */
const SLAB_BYTES = 64 * 1024;
/** Kept for the next answers: 4 MiB. */
const MAX_FREE = 64;

const free: Buffer[] = [];

/**
 * Memory for a piece of an answer until the client's connection has taken it. Large answers would
 * else leave a new buffer for the collector with every read, and it lets tens of megabytes pile up.
 */
export function takeSlab(bytes: Buffer, start: number, end: number): Buffer {
  if (end - start > SLAB_BYTES) return Buffer.from(bytes.subarray(start, end));
  const slab = free.pop() ?? Buffer.allocUnsafeSlow(SLAB_BYTES);
  bytes.copy(slab, 0, start, end);
  return slab;
}

/** Nobody reads the slab any more. */
export function giveBack(slab: Buffer): void {
  if (slab.length === SLAB_BYTES && free.length < MAX_FREE) free.push(slab);
}
