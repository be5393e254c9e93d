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

/**
 * Compares a known sentence with its stored vector and with itself inside a batch.
 * @returns warnings; throws when the model does not answer what it was measured with.
 */
export async function selfCheck(embedding: Embedding, config: EmbeddingConfig): Promise<string[]> {
  const known = { input: config.selfCheck.text, truncate: true };
  const mates = ['short', config.selfCheck.text.toUpperCase(), `${config.selfCheck.text} again`];
  const alone = (await embedItems(embedding, [known])).vectors;
  const likeness = cosine(alone, config.selfCheck.vector);
  if (likeness < SAME_VECTOR) {
    throw new Error(`self-check failed: cosine ${likeness.toFixed(4)} to the stored vector`);
  }
  const batch = [known, ...mates.map((input) => ({ input, truncate: true }))];
  const together = (await embedItems(embedding, batch)).vectors.subarray(0, config.dims);
  const steadiness = cosine(alone, together);
  return steadiness < SAME_IN_BATCH
    ? [`vectors depend on batch mates (cosine ${steadiness.toFixed(5)}): use packing "single"`]
    : [];
}
