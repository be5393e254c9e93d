import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeVector, encodeVector } from './cached-vector.ts';
import { MemoryCache } from './memory-cache.ts';

const entry = (value: number, dims = 100): { vector: Float32Array; tokens: number } => ({
  vector: new Float32Array(dims).fill(value),
  tokens: value,
});

describe('the memory cache', () => {
  it('lets go of what was unused for longest', () => {
    const cache = new MemoryCache(3 * 800);
    for (const key of ['a', 'b', 'c']) cache.set(key, entry(1));
    cache.get('a');
    cache.set('d', entry(2));
    expect(['a', 'b', 'c', 'd'].filter((key) => cache.get(key) !== undefined)).toEqual([
      'a',
      'c',
      'd',
    ]);
  });

  it('never holds more bytes than it may', () => {
    const step = fc.record({ key: fc.nat(20), dims: fc.nat(600) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const cache = new MemoryCache(5_000);
        for (const { key, dims } of steps) {
          cache.set(String(key), entry(1, dims));
          expect(cache.bytes).toBeLessThanOrEqual(5_000);
        }
        expect(cache.bytes > 0).toBe(cache.size > 0);
      }),
    );
  });

  it('holds a copy, not the buffer of the whole dispatch', () => {
    const cache = new MemoryCache(10_000);
    const dispatch = new Float32Array(1_000).fill(1);
    cache.set('row', { vector: dispatch.subarray(0, 2), tokens: 3 });
    dispatch.fill(9);
    const row = cache.get('row');
    expect([...(row?.vector ?? [])]).toEqual([1, 1]);
    expect(row?.vector.buffer.byteLength).toBe(8);
  });
});

describe('the bytes of a vector', () => {
  it('come back as they were, wherever they lie in memory', () => {
    const vector = fc.float32Array({ noNaN: true, noDefaultInfinity: true, maxLength: 50 });
    fc.assert(
      fc.property(vector, fc.integer({ min: 1, max: 256 }), fc.nat(7), (floats, tokens, shift) => {
        const bytes = encodeVector({ vector: floats, tokens });
        const shifted = new Uint8Array(bytes.byteLength + shift).subarray(shift);
        shifted.set(bytes);
        expect(decodeVector(shifted, floats.length)).toEqual({ vector: floats, tokens });
      }),
    );
  });

  it('are refused when they are anything else', () => {
    const bytes = encodeVector(entry(1, 4));
    expect(decodeVector(bytes, 5)).toBeUndefined();
    expect(decodeVector(bytes.subarray(1), 4)).toBeUndefined();
    expect(decodeVector(Buffer.alloc(20), 4)).toBeUndefined();
    expect(decodeVector(Buffer.alloc(20, 0xff), 4)).toBeUndefined();
  });
});
