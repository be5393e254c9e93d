import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EmbedItem } from '../inference/lane-protocol.ts';
import { textKey } from './text-key.ts';

// Any UTF-16, lone surrogates included: JSON may carry them.
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('\ud800', '\ud801', '\ufffd', '1,2', 'i1,2'),
);
const item: fc.Arbitrary<EmbedItem> = fc.record({
  input: fc.oneof(text, fc.array(fc.nat(30_000), { minLength: 1 })),
  truncate: fc.boolean(),
});

it('is equal for equal inputs and options, and for nothing else', () => {
  fc.assert(
    fc.property(item, item, (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other);
      expect(textKey(one) === textKey(other)).toBe(same);
      expect(textKey({ ...one })).toBe(textKey(one));
    }),
  );
});

it('tells options and kinds of input apart', () => {
  fc.assert(
    fc.property(item, ({ input }) => {
      const keys = [true, false].map((truncate) => textKey({ input, truncate }));
      expect(keys[0]).not.toBe(keys[1]);
    }),
  );
  const asText = textKey({ input: '1,2', truncate: true });
  expect(asText).not.toBe(textKey({ input: [1, 2], truncate: true }));
});

it('tells lone surrogates apart', () => {
  const keys = ['\ud800', '\ud801', '\ufffd'].map((input) => textKey({ input, truncate: true }));
  expect(new Set(keys).size).toBe(3);
});
