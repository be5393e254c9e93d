import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddingVersion } from '../inference/model-repository.ts';
import { isEmbedding, listModels } from '../inference/model-repository.ts';
import { shippedModelsDir } from '../service-files.ts';

export interface ReferenceText {
  readonly text: string;
  /** Not written down for the longest texts; their count is. */
  readonly tokens: readonly number[] | null;
  readonly tokenCount: number;
  readonly int8: readonly number[];
  readonly fp32: readonly number[];
}

/** The texts that come with the model: tokens and vectors computed elsewhere, in Python. */
export function referenceTexts(model: EmbeddingVersion): readonly ReferenceText[] {
  const file = readFileSync(join(model.dir, 'reference.json'), 'utf8');
  return (JSON.parse(file) as { vectors: readonly ReferenceText[] }).vectors;
}

export async function shippedModel(): Promise<EmbeddingVersion> {
  const model = (await listModels(shippedModelsDir())).models.find(isEmbedding);
  if (model === undefined) throw new Error('the service ships no model');
  return model;
}
