import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeFrame, FrameCursor } from './frame-cursor.ts';

/** A frame with the given payload length, as RFC 6455 5.2 writes it. */
function frame(opcode: number, length: number, masked: boolean): Buffer {
  const mask = masked ? 0x80 : 0;
  const head =
    length < 126
      ? Buffer.from([0x80 | opcode, mask | length])
      : length < 65_536
        ? Buffer.from([0x80 | opcode, mask | 126, length >> 8, length & 255])
        : Buffer.concat([Buffer.from([0x80 | opcode, mask | 127, 0, 0, 0, 0]), uint32(length)]);
  return Buffer.concat([head, Buffer.alloc(masked ? 4 : 0, 7), Buffer.alloc(length, 0x88)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

describe('the frames of a stream', () => {
  const frames = fc.array(
    fc.record({
      opcode: fc.constantFrom(0, 1, 2, 9, 10),
      length: fc.constantFrom(0, 1, 125, 126, 127, 300, 65_535, 65_536),
      masked: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  );

  it('are followed wherever the stream is cut', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 40_000 })), (each, cuts) => {
        const bytes = Buffer.concat(each.map((f) => frame(f.opcode, f.length, f.masked)));
        const ends = new Set<number>();
        let end = 0;
        for (const f of each) ends.add((end += frame(f.opcode, f.length, f.masked).length));
        const cursor = new FrameCursor();
        let at = 0;
        for (const cut of [...cuts, bytes.length]) {
          const piece = bytes.subarray(at, at + cut);
          expect(cursor.advance(piece)).toBe(piece.length);
          at += piece.length;
          expect(cursor.atBoundary).toBe(at === 0 || ends.has(at));
        }
        expect(cursor.closing).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('end where a stop was asked for, also when they are empty', () => {
    const bytes = Buffer.concat([frame(2, 300, false), frame(9, 0, false), frame(1, 5, true)]);
    const cursor = new FrameCursor();
    cursor.advance(bytes.subarray(0, 100));
    expect(cursor.advance(bytes.subarray(100), true)).toBe(204);
    expect(cursor.advance(bytes.subarray(304), true)).toBe(2);
    expect(cursor.advance(bytes.subarray(306), true)).toBe(11);
  });

  it('say when one closes', () => {
    for (const masked of [true, false]) {
      const cursor = new FrameCursor();
      const bytes = closeFrame(1_001, masked);
      cursor.advance(bytes);
      expect([cursor.closing, cursor.atBoundary]).toEqual([true, true]);
      expect(bytes.readUInt16BE(bytes.length - 2)).toBe(1_001);
    }
  });
});
