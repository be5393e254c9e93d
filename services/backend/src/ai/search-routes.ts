import { problem, PROBLEM_CONTENT_TYPE } from '@omni/contracts/problem.ts';
import type { ResponseDoc, RouteDoc } from '@omni/kit/api-docs/route-doc.ts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { HttpError } from '../routes/http-error.ts';
import type { Collections } from '../search/collections.ts';
import { badRequest, readBody } from './read-body.ts';
import { withDatabase } from './with-database.ts';

const BODY_LIMIT = 8 * 1024 * 1024;
const MAX_DOCUMENTS = 256;
/** Measured on the shipped corpus (docs/quality.md). */
const VECTOR_WEIGHT = 2;

const collectionName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, {
  error: 'must be lower-case letters, digits, - or _, at most 63',
});
const document = z.object({
  id: z.string().min(1).max(200),
  text: z.string().min(1).max(65_536),
  metadata: z.record(z.string(), z.unknown()).default({}),
});
const putRequest = z.object({
  documents: z
    .array(document)
    .min(1)
    .max(MAX_DOCUMENTS)
    .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, {
      error: 'two documents have the same id',
    }),
});
const putResponse = z.object({ stored: z.int() });
const listResponse = z.object({
  collections: z.array(z.object({ name: z.string(), documents: z.int() })),
});
const searchRequest = z.object({
  collection: collectionName,
  query: z.string().min(1).max(8_192),
  limit: z.int().min(1).max(100).default(10),
  vector_weight: z
    .number()
    .min(0)
    .max(10)
    .default(VECTOR_WEIGHT)
    .meta({ description: '0: words only. What a standard deviation of nearness counts' }),
});
const searchResponse = z.object({
  hits: z.array(
    z.object({
      id: z.string(),
      text: z.string(),
      metadata: z.record(z.string(), z.unknown()),
      score: z.number(),
      lexical: z.number(),
      vector: z.number().nullable(),
    }),
  ),
  documents: z.int(),
  lexical_only: z.int().meta({ description: 'Documents not embedded by the served model yet' }),
  vector_weight: z.number(),
});

const problemOf = (description: string): ResponseDoc => ({
  description,
  schema: problem,
  contentType: PROBLEM_CONTENT_TYPE,
});
const refusals = {
  400: badRequest,
  429: problemOf('The queue of the model is full: retry after `Retry-After` seconds'),
  503: problemOf('The database is away, or none is configured'),
};
const notFound = problemOf('No such collection or document');

const known = { collection: 'runbooks' };
const unknown = { collection: 'nothing' };

const putDoc: RouteDoc = {
  tag: 'Search',
  summary: 'Store documents',
  description:
    'Replaces documents of the same id; the collection is made when it is new. Embedded at once when the model is ready, else in the background.',
  body: putRequest,
  responses: { 200: { description: 'Stored', schema: putResponse }, ...refusals },
  examples: [
    {
      name: 'Two runbooks',
      params: known,
      body: {
        documents: [
          { id: 'rollback', text: 'Roll back a bad release of the gateway' },
          { id: 'keys', text: 'Rotate and revoke API keys', metadata: { area: 'keys' } },
        ],
      },
      status: 200,
    },
    { name: 'No documents', params: known, body: { documents: [] }, status: 400 },
  ],
};
const searchDoc: RouteDoc = {
  tag: 'Search',
  summary: 'Search a collection',
  description:
    'BM25 with nearness of the vectors as a measured addition; both scores are in the answer. While the model is not ready, words alone decide.',
  body: searchRequest,
  responses: {
    200: { description: 'The best documents, best first', schema: searchResponse },
    404: notFound,
    ...refusals,
  },
  examples: [
    {
      name: 'By words and meaning',
      body: { collection: 'runbooks', query: 'undo a deployment', limit: 1 },
      status: 200,
    },
    { name: 'Unknown collection', body: { collection: 'nothing', query: 'x' }, status: 404 },
  ],
};
const listDoc: RouteDoc = {
  tag: 'Search',
  summary: 'List the collections',
  responses: { 200: { description: 'Collections', schema: listResponse }, 503: refusals[503] },
  examples: [{ name: 'All', status: 200 }],
};
const removal = (summary: string, id: Readonly<Record<string, string>>): RouteDoc => ({
  tag: 'Search',
  summary,
  responses: { 204: { description: 'Removed' }, 404: notFound, 503: refusals[503] },
  examples: [
    { name: 'One that is there', params: { ...known, ...id }, status: 204 },
    { name: 'Unknown', params: { ...unknown, ...id }, status: 404 },
  ],
});

const PATH = '/api/v1/ai/collections';

/** Collections and `POST /api/v1/ai/search`; without a database they answer 503. */
export function addSearchRoutes(app: FastifyInstance, collections: Collections | null): void {
  addCollectionRoutes(app, collections);
  app.post(
    '/api/v1/ai/search',
    { config: { doc: searchDoc } },
    async (request): Promise<z.infer<typeof searchResponse>> => {
      const body = readBody(searchRequest, request.body);
      const found = await stored(collections, (one) =>
        one.search(body.collection, {
          text: body.query,
          limit: body.limit,
          vectorWeight: body.vector_weight,
        }),
      );
      if (found === null) throw missing('collection_not_found');
      return {
        hits: found.hits.map(({ document: { id, text, metadata }, ...scores }) => {
          return { id, text, metadata, ...scores };
        }),
        documents: found.documents,
        lexical_only: found.lexicalOnly,
        vector_weight: body.vector_weight,
      };
    },
  );
}

function addCollectionRoutes(app: FastifyInstance, collections: Collections | null): void {
  app.get(PATH, { config: { doc: listDoc } }, async () => ({
    collections: await stored(collections, (one) => one.list()),
  }));
  app.post<{ Params: { collection: string } }>(
    `${PATH}/:collection/documents`,
    { config: { doc: putDoc }, bodyLimit: BODY_LIMIT },
    async (request): Promise<z.infer<typeof putResponse>> => {
      const name = readBody(collectionName, request.params.collection);
      const { documents } = readBody(putRequest, request.body);
      await stored(collections, (one) => one.put(name, documents));
      return { stored: documents.length };
    },
  );
  app.delete<{ Params: { collection: string; id: string } }>(
    `${PATH}/:collection/documents/:id`,
    { config: { doc: removal('Remove a document', { id: 'keys' }) } },
    async (request, reply) => {
      const { collection, id } = request.params;
      const removed = await stored(collections, (one) => one.remove(collection, id));
      if (!removed) throw missing('document_not_found');
      return await reply.code(204).send();
    },
  );
  app.delete<{ Params: { collection: string } }>(
    `${PATH}/:collection`,
    { config: { doc: removal('Remove a collection with its documents', {}) } },
    async (request, reply) => {
      const removed = await stored(collections, (one) => one.drop(request.params.collection));
      if (!removed) throw missing('collection_not_found');
      return await reply.code(204).send();
    },
  );
}

/** Runs work on the stored collections. */
function stored<T>(
  kept: Collections | null,
  work: (collections: Collections) => Promise<T>,
): Promise<T> {
  return withDatabase({ kept, title: 'Collections need the database' }, work);
}

function missing(code: 'collection_not_found' | 'document_not_found'): HttpError {
  return new HttpError(404, { code, title: 'There is nothing of this name' });
}
