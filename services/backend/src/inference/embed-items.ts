import { groupRuns } from './group-runs.ts';
import type { EmbedAnswer, EmbedItem } from './lane-protocol.ts';
import type { Encode } from './tokenize.ts';

/** Runs the graph over texts of one length and returns their vectors row after row. */
export type RunModel = (batch: readonly (readonly number[])[]) => Promise<Float32Array>;

export interface Embedding {
  readonly encode: Encode;
  readonly run: RunModel;
  readonly dims: number;
  readonly maxPerRun: number;
}

/** Tokenises and embeds one dispatch inside a lane; answers in the order of `items`. */
export async function embedItems(
  { encode, run, dims, maxPerRun }: Embedding,
  items: readonly EmbedItem[],
): Promise<Omit<EmbedAnswer, 'id'>> {
  const begin = performance.now();
  const tooLong: { index: number; tokens: number }[] = [];
  const encoded = items.map((item, index) => {
    const { ids, full } = encode(item);
    if (item.truncate || full === ids.length) return ids;
    tooLong.push({ index, tokens: full });
    return [];
  });
  const tokenized = performance.now();
  const vectors = new Float32Array(items.length * dims);
  for (const indexes of groupRuns(
    encoded.map((ids) => ids.length),
    maxPerRun,
  )) {
    const rows = await run(indexes.map((index) => encoded[index] ?? []));
    indexes.forEach((index, row) => {
      vectors.set(rows.subarray(row * dims, (row + 1) * dims), index * dims);
    });
  }
  return {
    vectors,
    tokens: encoded.map((ids) => ids.length),
    tooLong,
    tokenizeMs: tokenized - begin,
    inferMs: performance.now() - tokenized,
  };
}
