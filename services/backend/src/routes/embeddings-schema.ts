import { z } from 'zod';

export const MAX_INPUTS = 2_048;
/** A text is cut here before it is tokenised: one huge document would block a lane for long. */
export const MAX_CHARS = 8_192;
export const MAX_TIMEOUT_MS = 60_000;
export const DEFAULT_TIMEOUT_MS = 30_000;

const tokenIds = z.array(z.int().nonnegative()).min(1).max(8_192);
const text = z.string().min(1, 'an input is empty');

/** Body of `POST /v1/embeddings`, as OpenAI's clients send it, plus `truncate`. */
export const embeddingsRequest = z.object({
  model: z.string().min(1),
  input: z
    .union([
      text,
      z.array(text).min(1).max(MAX_INPUTS),
      tokenIds,
      z.array(tokenIds).min(1).max(MAX_INPUTS),
    ])
    .describe('A text, texts, token ids, or lists of token ids (special tokens included)'),
  encoding_format: z.enum(['float', 'base64']).default('float'),
  dimensions: z.int().positive().optional(),
  user: z.string().optional(),
  truncate: z
    .boolean()
    .default(false)
    .describe('Cut an input that is longer than the model reads, instead of refusing it'),
});
export type EmbeddingsRequest = z.infer<typeof embeddingsRequest>;

export const embeddingsResponse = z.object({
  object: z.literal('list'),
  data: z.array(
    z.object({
      object: z.literal('embedding'),
      index: z.int().nonnegative(),
      embedding: z
        .union([z.array(z.number()), z.string()])
        .describe('Numbers, or base64 of little-endian float32'),
    }),
  ),
  model: z.string(),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
});

export const openAiError = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
});

export const modelObject = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.string(),
});
export const modelList = z.object({ object: z.literal('list'), data: z.array(modelObject) });
