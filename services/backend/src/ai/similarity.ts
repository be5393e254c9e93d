import type { RouteDoc } from '@omni/kit/api-docs/route-doc.ts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Analyst } from '../analysis/analyst.ts';
import type { ModelCatalog } from '../inference/model-catalog.ts';
import { analyse, analysisRefusals } from './analyse.ts';
import { embedding, requireEmbedder } from './embed-texts.ts';
import { badRequest, readBody } from './read-body.ts';

const MAX_TEXTS = 512;
const BODY_LIMIT = 4 * 1024 * 1024;
const texts = z.array(z.string().min(1).max(8_192)).min(1).max(MAX_TEXTS);

const similarityRequest = z.object({ left: texts, right: texts });
const similarityResponse = z.object({
  similarity: z
    .array(z.array(z.number()))
    .meta({ description: 'Cosine of each left text (rows) with each right one (columns)' }),
});
const dedupeRequest = z.object({
  texts,
  threshold: z.number().min(0).max(1).default(0.9),
});
const dedupeResponse = z.object({
  groups: z.array(
    z.object({
      representative: z.int().meta({ description: 'Index of the most central text' }),
      members: z.array(z.int()),
    }),
  ),
});

const similarityDoc: RouteDoc = {
  tag: 'Similarity',
  summary: 'Compare texts by meaning',
  description: 'Long texts are cut at what the model reads.',
  body: similarityRequest,
  responses: {
    200: { description: 'One row for each left text', schema: similarityResponse },
    400: badRequest,
    ...analysisRefusals,
  },
  examples: [
    {
      name: 'One against two',
      body: {
        left: ['the gateway refused the key'],
        right: ['the API key was rejected', 'disk usage is fine'],
      },
      status: 200,
    },
  ],
};
const dedupeDoc: RouteDoc = {
  tag: 'Similarity',
  summary: 'Find near duplicates',
  description:
    'Texts whose cosine reaches the threshold are one group, also over a chain of them; groups of one are left out. Error messages, runbooks, notes.',
  body: dedupeRequest,
  responses: {
    200: { description: 'Groups of two and more, largest first', schema: dedupeResponse },
    400: badRequest,
    ...analysisRefusals,
  },
  examples: [
    {
      name: 'Two alike, one apart',
      body: {
        texts: ['connection refused by database', 'database refused the connection', 'all is well'],
        threshold: 0.8,
      },
      status: 200,
    },
  ],
};

/** `POST /api/v1/ai/similarity` and `/dedupe`. */
export function addSimilarityRoutes(
  app: FastifyInstance,
  { catalog, analyst }: { catalog: ModelCatalog; analyst: Analyst },
): void {
  const embed = (list: readonly string[]): Promise<readonly Float32Array[]> =>
    embedding(() => requireEmbedder(catalog).embed(list));
  app.post(
    '/api/v1/ai/similarity',
    { config: { doc: similarityDoc }, bodyLimit: BODY_LIMIT },
    async (request): Promise<z.infer<typeof similarityResponse>> => {
      const { left, right } = readBody(similarityRequest, request.body);
      const vectors = await embed([...left, ...right]);
      const similarity = await analyse(analyst, 'compareVectors', {
        left: vectors.slice(0, left.length),
        right: vectors.slice(left.length),
      });
      return { similarity };
    },
  );
  app.post(
    '/api/v1/ai/dedupe',
    { config: { doc: dedupeDoc }, bodyLimit: BODY_LIMIT },
    async (request): Promise<z.infer<typeof dedupeResponse>> => {
      const body = readBody(dedupeRequest, request.body);
      const vectors = await embed(body.texts);
      const groups = await analyse(analyst, 'findDuplicates', {
        vectors,
        threshold: body.threshold,
      });
      return { groups };
    },
  );
}
