import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { ModelCatalog } from '../inference/model-catalog.ts';
import { modelList, modelObject, openAiError } from './embeddings-schema.ts';
import { OpenAiError, sendOpenAiError } from './open-ai-error.ts';
import type { RouteDoc } from '@omni/kit/api-docs/route-doc.ts';

const listDoc: RouteDoc = {
  tag: 'Embeddings',
  summary: 'List the models',
  responses: { 200: { description: 'Models', schema: modelList } },
  examples: [{ name: 'List', status: 200 }],
};
const oneDoc: RouteDoc = {
  tag: 'Embeddings',
  summary: 'One model',
  responses: {
    200: { description: 'The model', schema: modelObject },
    404: { description: 'No such model', schema: openAiError },
  },
  examples: [
    { name: 'The shipped model', params: { model: 'all-minilm-l6-v2' }, status: 200 },
    { name: 'Unknown model', params: { model: 'nobody' }, status: 404 },
  ],
};

/** `GET /v1/models` and `GET /v1/models/:model`. */
export function addModelRoutes(app: FastifyInstance, catalog: ModelCatalog): void {
  const created = Math.floor(Date.now() / 1_000);
  const toObject = (id: string): z.infer<typeof modelObject> => ({
    id,
    object: 'model',
    created,
    owned_by: 'omni',
  });
  app.get('/v1/models', { config: { doc: listDoc } }, () => ({
    object: 'list',
    data: catalog.embedders().map(({ model }) => toObject(model.name)),
  }));
  app.get<{ Params: { model: string } }>(
    '/v1/models/:model',
    { config: { doc: oneDoc } },
    async (request, reply) => {
      const embedder = catalog.find(request.params.model);
      if (embedder !== undefined) return toObject(embedder.model.name);
      const message = 'there is no such model';
      return sendOpenAiError(
        reply,
        new OpenAiError(404, { code: 'model_not_found', message, param: 'model' }),
      );
    },
  );
}
