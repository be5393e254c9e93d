import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const quality = z.object({ dataset: z.string(), metric: z.string(), value: z.number() });

/** A text encoder: tokenizer and graph; served as `/v1/embeddings` and, through `text`, as OIP. */
const embeddingConfig = z.object({
  task: z.literal('embedding'),
  tokenizer: z.literal('tokenizer.json'),
  pooling: z.string(),
  normalize: z.boolean(),
  maxTokens: z.number().int().min(3).max(8192),
  /** Id put back at the end when a text is cut (`[SEP]`). */
  endToken: z.number().int().nonnegative(),
  vocabularySize: z.number().int().positive(),
  dims: z.number().int().positive(),
  /** The only output asked for: any other would carry every token's vector into JavaScript. */
  output: z.string(),
  /**
   * `single`: one text per run, for files whose vectors depend on their batch mates.
   * `sameLength`: texts of one token count share a run.
   */
  packing: z.enum(['single', 'sameLength']),
  licence: z.string(),
  source: z.string(),
  sha256: z.object({ 'model.onnx': sha256, 'tokenizer.json': sha256 }),
  quality,
  selfCheck: z.object({ text: z.string().min(1), vector: z.array(z.number()) }),
});
export type EmbeddingConfig = z.infer<typeof embeddingConfig>;

/** Any other graph: tensors in, tensors out. Names, types and shapes are read from the graph. */
const tensorConfig = z.object({
  task: z.literal('tensor'),
  licence: z.string(),
  source: z.string(),
  sha256: z.object({ 'model.onnx': sha256 }),
  quality: quality.optional(),
  /** A run whose outputs are known: a lane that gives others does not serve. */
  selfCheck: z
    .object({
      inputs: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.number().int().nonnegative()),
          data: z.array(z.union([z.number(), z.string(), z.boolean()])),
        }),
      ),
      outputs: z.record(z.string(), z.array(z.number())),
      /** How far a value may be off, as a share of it (or of 1 for smaller ones). */
      tolerance: z.number().positive().default(1e-3),
    })
    .optional(),
});
export type TensorConfig = z.infer<typeof tensorConfig>;

/**
 * `config.json` beside a model: what the loader has to know, where the file comes from and how good
 * it was measured to be. The lane refuses files whose sha256 differs.
 */
export const modelConfig = z.discriminatedUnion('task', [embeddingConfig, tensorConfig]);
export type ModelConfig = z.infer<typeof modelConfig>;
