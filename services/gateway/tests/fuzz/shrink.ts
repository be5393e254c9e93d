import type { FuzzInput } from './inputs.ts';

/** Whether these bytes alone still show the finding. */
export type StillFails = (input: FuzzInput) => Promise<boolean>;

const MAX_TRIES = 40;

/**
 * The smallest piece of an input that still shows a finding: pieces are taken out, large ones
 * first. Null when the input alone does not show it.
 */
export async function shrink(input: FuzzInput, fails: StillFails): Promise<FuzzInput | null> {
  if (!(await fails(input))) return null;
  let smallest = input;
  let tries = 0;
  for (let size = Math.ceil(input.bytes.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < smallest.bytes.length && tries < MAX_TRIES; tries += 1) {
      const bytes = Buffer.concat([
        smallest.bytes.subarray(0, at),
        smallest.bytes.subarray(at + size),
      ]);
      const candidate = { ...smallest, bytes };
      if (bytes.length > 0 && (await fails(candidate))) smallest = candidate;
      else at += size;
    }
  }
  return smallest;
}
