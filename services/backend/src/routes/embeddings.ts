import { endianness } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { EmbedResult } from '../inference/embed-job.ts';
import type { Embedder } from '../inference/embedder.ts';
import type { ModelCatalog } from '../inference/model-catalog.ts';
import type { EmbeddingsRequest } from './embeddings-schema.ts';
import { embeddingsRequest, embeddingsResponse, openAiError } from './embeddings-schema.ts';
import { abortWhenGone } from './abort-when-gone.ts';
import { OpenAiError, sendOpenAiError, toOpenAiError } from './open-ai-error.ts';
import { readBody, readTimeoutMs, TIMEOUT_HEADER, toItems } from './read-embeddings-request.ts';
import { stickyDoc, stickyKeyOf } from './sticky-key.ts';
import { addTimings } from './timing-headers.ts';
import type { Service } from '../service.ts';
import type { RouteDoc } from '@omni/kit/api-docs/route-doc.ts';

const BODY_LIMIT = 8 * 1024 * 1024;

const doc: RouteDoc = {
  tag: 'Embeddings',
  summary: 'Embed texts',
  description:
    'Compatible with OpenAI clients. `usage` counts the tokens that the model really read. Prefer `base64`: it costs a fraction of the JSON numbers. 429 and 503 may be retried after `Retry-After` seconds.',
  body: embeddingsRequest,
  headers: [
    {
      name: TIMEOUT_HEADER,
      description: 'Give up after this many milliseconds; work that still waits is dropped',
      schema: z.int().min(1).max(60_000),
    },
    stickyDoc,
  ],
  responses: {
    200: { description: 'One vector per input, in order', schema: embeddingsResponse },
    400: { description: 'The request is wrong', schema: openAiError },
    404: { description: 'No such model', schema: openAiError },
    413: { description: 'More than the whole queue holds: split it', schema: openAiError },
    429: { description: 'The queue is full', schema: openAiError },
    503: { description: 'Not ready, stopping, or the lane died: retry', schema: openAiError },
    504: { description: 'The deadline passed', schema: openAiError },
  },
  examples: [
    {
      name: 'One text',
      body: { model: 'all-minilm-l6-v2', input: 'The gateway refused the key.' },
      status: 200,
    },
    {
      name: 'Two texts, base64',
      body: {
        model: 'all-minilm-l6-v2',
        input: ['latency rose after the deploy', 'p99 got worse since the last release'],
        encoding_format: 'base64',
      },
      status: 200,
    },
    { name: 'Empty text', body: { model: 'all-minilm-l6-v2', input: '' }, status: 400 },
    { name: 'Unknown model', body: { model: 'nobody', input: 'x' }, status: 404 },
  ],
};

/** `POST /v1/embeddings`. */
export function addEmbeddingsRoute(
  app: FastifyInstance,
  { catalog, shadow }: Pick<Service, 'catalog' | 'shadow'>,
): void {
  app.post('/v1/embeddings', { config: { doc }, bodyLimit: BODY_LIMIT }, async (request, reply) => {
    const begin = performance.now();
    try {
      const body = readBody(request.body);
      const embedder = findModel(catalog, body.model, stickyKeyOf(request));
      const items = toItems(body, embedder.model.config);
      const timeoutMs = readTimeoutMs(request.headers);
      const work = new AbortController();
      const running = catalog.counted(embedder, () =>
        embedder.embed({ items, timeoutMs, signal: work.signal }),
      );
      abortWhenGone(reply, work);
      const result = await running;
      addTimings(reply, result, begin);
      reply.raw.once('finish', () => shadow.copyTexts(embedder, result, items));
      return toResponse(body, result);
    } catch (error) {
      const refusal = toOpenAiError(error);
      if (refusal === undefined) throw error;
      return sendOpenAiError(reply, refusal);
    }
  });
}

function findModel(catalog: ModelCatalog, name: string, stickyKey: string): Embedder {
  const embedder = catalog.find(name, stickyKey);
  if (embedder !== undefined) return embedder;
  throw new OpenAiError(404, {
    code: 'model_not_found',
    message: `there is no model "${name.slice(0, 80)}"; GET /v1/models lists them`,
    param: 'model',
  });
}

function toResponse(
  request: EmbeddingsRequest,
  { vectors, tokens }: EmbedResult,
): z.infer<typeof embeddingsResponse> {
  const used = tokens.reduce((sum, count) => sum + count, 0);
  const encode = request.encoding_format === 'base64' ? toBase64 : toNumbers;
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encode(vector),
    })),
    model: request.model,
    usage: { prompt_tokens: used, total_tokens: used },
  };
}

function toNumbers(vector: Float32Array): number[] {
  return Array.from(vector);
}

function toBase64(vector: Float32Array): string {
  const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  // Node runs on a few big-endian machines; the format is little-endian everywhere.
  return (endianness() === 'LE' ? bytes : Buffer.from(bytes).swap32()).toString('base64');
}
