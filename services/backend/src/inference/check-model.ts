import { cosine } from './cosine.ts';
import type { Embedding } from './embed-items.ts';
import { embedItems } from './embed-items.ts';
import type { EmbeddingConfig } from './model-config.ts';

/** Below this a model answers something else than what was measured: it must not serve. */
const SAME_VECTOR = 0.99;
/** Below this the vector of a text depends on its batch mates: caches and thresholds would lie. */
const SAME_IN_BATCH = 0.9999;
const WARM_UP_WORDS = [1, 24, 240];

/** First runs at three lengths, so that no request pays for the arena's growth. */
export async function warmUp(embedding: Embedding): Promise<void> {
  for (const words of WARM_UP_WORDS) {
    const input = Array.from({ length: words }, () => 'warm').join(' ');
    await embedItems(embedding, [{ input, truncate: true }]);
  }
}

/** What the self-check of a model that may serve found. */
export interface CheckedModel {
  /** Texts of one length may share a run. */
  readonly steady: boolean;
  readonly warnings: readonly string[];
}

/**
 * Compares a known sentence with its stored vector and with itself among others of its length.
 * @throws Error when the model does not answer what it was measured with
 */
export async function selfCheck(
  embedding: Embedding,
  config: EmbeddingConfig,
): Promise<CheckedModel> {
  const known = { input: config.selfCheck.text, truncate: true };
  const alone = (await embedItems(embedding, [known])).vectors;
  const likeness = cosine(alone, config.selfCheck.vector);
  if (!(likeness >= SAME_VECTOR)) {
    throw new Error(`self-check failed: cosine ${likeness.toFixed(4)} to the stored vector`);
  }
  const mates = matesOf(embedding.encode(known).ids).map((input) => ({ input, truncate: true }));
  const together = (await embedItems(embedding, [known, ...mates])).vectors;
  const steadiness = cosine(alone, together.subarray(0, config.dims));
  if (steadiness >= SAME_IN_BATCH) return { steady: true, warnings: [] };
  const warning = `vectors depend on batch mates (cosine ${steadiness.toFixed(5)}): it runs one text at a time`;
  return { steady: false, warnings: [warning] };
}

/** Other texts of the same length, which therefore share its run: the words backwards, and one word. */
function matesOf(ids: readonly number[]): number[][] {
  const [first = 0, last = 0] = [ids[0], ids.at(-1)];
  const inner = ids.slice(1, -1);
  return [inner.toReversed(), inner.map(() => inner[0] ?? 0)].map((words) => {
    return [first, ...words, last];
  });
}
