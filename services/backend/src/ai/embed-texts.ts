import { InferenceError, InputError } from '../inference/inference-error.ts';
import type { ModelCatalog } from '../inference/model-catalog.ts';
import { HttpError } from '../routes/http-error.ts';
import { toOpenAiError } from '../routes/open-ai-error.ts';
import type { TextEmbedder } from '../search/collections.ts';

const TIMEOUT_MS = 30_000;

/** The model that embeds where a route names none; null while none is ready. */
export function defaultEmbedder(catalog: ModelCatalog): TextEmbedder | null {
  const embedder = catalog.embedders().find(({ state }) => state.state === 'ready');
  if (embedder === undefined) return null;
  return {
    sha: embedder.model.config.sha256['model.onnx'],
    embed: async (texts) => {
      const items = texts.map((input) => ({ input, truncate: true }));
      const work = embedder.embed({ items, timeoutMs: TIMEOUT_MS });
      return (await catalog.counted(embedder, () => work)).vectors;
    },
  };
}

/** As `defaultEmbedder`, for a route that cannot answer without one. */
export function requireEmbedder(catalog: ModelCatalog): TextEmbedder {
  const embedder = defaultEmbedder(catalog);
  if (embedder !== null) return embedder;
  throw new HttpError(503, {
    code: 'model_not_ready',
    title: 'No model is ready',
    retryAfterSeconds: 1,
  });
}

/** Runs work that embeds; what the queue or a lane refuses is an HTTP answer. */
export async function embedding<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InferenceError || error instanceof InputError)) throw error;
    const refusal = toOpenAiError(error);
    if (refusal === undefined) throw error;
    const { status, code, message, retryAfterSeconds } = refusal;
    throw new HttpError(status, {
      code,
      title: message,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
  }
}
