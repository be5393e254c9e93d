import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Place } from './vector-blocks.ts';
import { VectorBlocks } from './vector-blocks.ts';

describe('the vectors of a cache', () => {
  it('stay what they are while others come and go', () => {
    const step = fc.record({ length: fc.constantFrom(1, 3), drops: fc.nat(999) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 600, maxLength: 600 }), (steps) => {
        const blocks = new VectorBlocks();
        const held: { place: Place; vector: Float32Array }[] = [];
        steps.forEach(({ length, drops }, at) => {
          const vector = new Float32Array(length).fill(at);
          held.push({ place: blocks.put(vector), vector });
          // Enough stay to fill blocks.
          if (drops % 3 > 0) return;
          const [gone] = held.splice(drops % held.length, 1);
          if (gone !== undefined) blocks.drop(gone.place);
        });
        for (const { place, vector } of held) expect(blocks.read(place)).toEqual(vector);
      }),
      { numRuns: 20 },
    );
  });

  it('are copies, so that what was read outlives its place', () => {
    const blocks = new VectorBlocks();
    const place = blocks.put(Float32Array.of(1, 2));
    const read = blocks.read(place);
    blocks.drop(place);
    blocks.put(Float32Array.of(8, 9));
    expect([...read]).toEqual([1, 2]);
  });

  it('give their memory to those of another length', () => {
    const blocks = new VectorBlocks();
    const fill = (length: number): Place[] =>
      Array.from({ length: 10_000 }, () => blocks.put(new Float32Array(length)));
    const first = fill(100);
    const needed = blocks.bytes;
    for (const place of first) blocks.drop(place);
    expect(blocks.bytes).toBeLessThan(needed / 50);
    fill(100);
    expect(blocks.bytes).toBe(needed);
  });

  it('take one block however often a lone one is replaced', () => {
    const blocks = new VectorBlocks();
    for (let at = 0; at < 10_000; at += 1) blocks.drop(blocks.put(Float32Array.of(at)));
    expect(blocks.bytes).toBe(512);
  });
});
