import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeadWriter } from './head-writer.ts';

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

const text = fc.string({
  unit: fc.integer({ min: 0, max: 0x2ff }).map((c) => String.fromCharCode(c)),
});
const plain = fc.string({ unit: 'grapheme-ascii', maxLength: 9_000, size: 'max' });

describe('a head', () => {
  it('holds what was written, however long it is', () => {
    const writer = new HeadWriter();
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 5 }), (texts) => {
        writer.begin();
        for (const one of texts) writer.text(one);
        expect(writer.field('x-a', texts.join(''))).toBeUndefined();
        expect(writer.take() === `${texts.join('')}x-a: ${texts.join('')}\r\n`).toBe(true);
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });

  it('takes fields of RFC 9110 and nothing else, and nothing of those that it refuses', () => {
    const writer = new HeadWriter();
    fc.assert(
      fc.property(text, text, (name, value) => {
        writer.begin();
        writer.text('a');
        const wrong = writer.field(name, value);
        if (!NAME.test(name)) expect(wrong).toBe('name');
        else expect(wrong).toBe(VALUE.test(value) ? undefined : 'value');
        expect(writer.take()).toBe(wrong === undefined ? `a${name}: ${value}\r\n` : 'a');
      }),
      {
        numRuns: 2_000,
        examples: [
          ['a', 'b\r\nc: d'],
          ['a', '\u010a'],
          ['a\u0141', ''],
          ['', 'a'],
        ],
      },
    );
  });
});
