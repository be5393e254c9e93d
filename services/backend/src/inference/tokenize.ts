import { Tokenizer } from '@huggingface/tokenizers';
import type { EmbedItem } from './lane-protocol.ts';

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
  const tokenizer = new Tokenizer(JSON.parse(tokenizerJson) as object, {});
  return (item) => {
    const ids = typeof item.input === 'string' ? tokenizer.encode(item.input).ids : item.input;
    return { ids: cutTokens(ids, maxTokens, endToken), full: ids.length };
  };
}
