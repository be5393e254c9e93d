import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shippedModel } from '../testing/reference.ts';
import type { TokenizerFile } from './word-ids.ts';
import { createWordIds } from './word-ids.ts';

const model = await shippedModel();
const json = readFileSync(join(model.dir, 'tokenizer.json'), 'utf8');
const file = JSON.parse(json) as TokenizerFile & {
  readonly model: { readonly vocab: Readonly<Record<string, number>> };
};
const tokenizer = new Tokenizer(file, {});
const wordIds = createWordIds(tokenizer, file);
const vocabulary = Object.keys(file.model.vocab);

/** Of another kind than the shipped one. */
function other(change: object): TokenizerFile {
  return { ...file, ...change };
}

describe('token ids by words', () => {
  const word = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...vocabulary) },
    fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom(...Array.from('aZ09 .,\t\n\r\f\v\u007f\u0000#_-\'"[')),
      maxLength: 20,
    }),
    fc.integer({ min: 95, max: 110 }).map((length) => 'z'.repeat(length)),
    fc.string({ unit: 'grapheme', maxLength: 4 }),
  );
  const text = fc
    .tuple(fc.array(word, { maxLength: 12 }), fc.constantFrom(' ', '', '. ', '\n'))
    .map(([words, between]) => words.join(between));

  it('are those of the tokenizer for every text', () => {
    fc.assert(
      fc.property(text, (input) => {
        expect(wordIds?.(input) ?? tokenizer.encode(input).ids).toEqual(
          tokenizer.encode(input).ids,
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('are known for plain texts', () => {
    expect(wordIds?.('The gateway refused the key, twice.')).toEqual(
      tokenizer.encode('The gateway refused the key, twice.').ids,
    );
  });

  it.each(['naïve', '[MASK] of', '統計', 'a\u0000b'])('are left to the tokenizer: %s', (input) => {
    expect(wordIds?.(input)).toBeUndefined();
  });

  it.each([
    ['another normalizer', other({ normalizer: { type: 'NFKC' } })],
    ['another pre-tokenizer', other({ pre_tokenizer: { type: 'Metaspace' } })],
    ['no pre-tokenizer', other({ pre_tokenizer: null })],
    ['another model', other({ model: { type: 'Unigram' } })],
    ['unknown words that become one', other({ model: { ...file.model, fuse_unk: true } })],
    ['an added token of plain letters', other({ added_tokens: [{ content: 'gateway' }] })],
  ])('are not offered with %s', (_, unlike) => {
    expect(createWordIds(tokenizer, unlike)).toBeUndefined();
  });
});
