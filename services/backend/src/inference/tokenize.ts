import { Tokenizer } from '@huggingface/tokenizers';
import type { EmbedItem } from './lane-protocol.ts';
import type { TokenizerFile } from './word-ids.ts';
import { createWordIds } from './word-ids.ts';

/** Token ids to feed; `full` is the count before any cut. */
interface EncodedItem {
  readonly ids: readonly number[];
  readonly full: number;
}

export type Encode = (item: EmbedItem) => EncodedItem;

/** Cuts to `limit` and closes with the end token: the tokenizer itself never truncates. */
export function cutTokens(
  ids: readonly number[],
  limit: number,
  endToken: number,
): readonly number[] {
  return ids.length <= limit ? ids : [...ids.slice(0, limit - 1), endToken];
}

/** Builds the encoder of one model from the text of its `tokenizer.json`. */
export function createEncode(
  tokenizerJson: string,
  { maxTokens, endToken }: { readonly maxTokens: number; readonly endToken: number },
): Encode {
  const file = JSON.parse(tokenizerJson) as TokenizerFile;
  const tokenizer = new Tokenizer(file, {});
  const wordIds = createWordIds(tokenizer, file);
  const idsOf = (text: string): number[] => wordIds?.(text) ?? tokenizer.encode(text).ids;
  return ({ input }) => {
    const ids = typeof input === 'string' ? idsOf(input) : input;
    return { ids: cutTokens(ids, maxTokens, endToken), full: ids.length };
  };
}
