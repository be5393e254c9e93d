import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines } from './read-lines.ts';

async function linesOf(pieces: readonly Buffer[], limit: number): Promise<string[]> {
  const lines: string[] = [];
  const source = Readable.from(pieces, { objectMode: false });
  readLines(source, limit, (line) => lines.push(line));
  await finished(source);
  return lines;
}

describe('readLines', () => {
  it('finds the same lines wherever the pieces are cut', async () => {
    const text = fc.array(fc.constantFrom('a', 'é', '€', '\n', 'bc'), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (parts, size) => {
        const content = Buffer.from(parts.join(''));
        const pieces = Array.from({ length: Math.ceil(content.length / size) }, (_, index) =>
          content.subarray(index * size, (index + 1) * size),
        );
        const expected = parts.join('').split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(await linesOf(pieces, 1000)).toEqual(expected);
      }),
    );
  });

  it('keeps the beginning of a line that is too long, and the next line', async () => {
    const pieces = ['xxxx', 'xxxx', 'xx\r\nnext\r\n', 'last'].map((text) => Buffer.from(text));
    expect(await linesOf(pieces, 6)).toEqual(['xxxxxx', 'next', 'last']);
  });
});
