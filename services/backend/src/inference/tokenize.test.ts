import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referenceTexts, shippedModel } from '../testing/reference.ts';
import { createEncode, cutTokens } from './tokenize.ts';

const model = await shippedModel();
const encode = createEncode(readFileSync(join(model.dir, 'tokenizer.json'), 'utf8'), model.config);

describe('tokens', () => {
  it.each(referenceTexts(model))('equal the reference: $text', ({ text, tokens, tokenCount }) => {
    const { ids } = encode({ input: text, truncate: true });
    expect(ids).toHaveLength(tokenCount);
    if (tokens !== null) expect(ids).toEqual(tokens);
  });

  it('are cut at the limit and closed again', () => {
    expect(cutTokens([101, 1, 2, 3, 102], 4, 102)).toEqual([101, 1, 2, 102]);
    expect(cutTokens([101, 1, 102], 4, 102)).toEqual([101, 1, 102]);
  });
});
