import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Comparable } from '../inference/shadow.ts';
import { SHADOW_TIMEOUT_MS } from '../inference/shadow.ts';
import type { InferResult } from '../inference/tensor-job.ts';
import { soleInput } from '../oip/check-request.ts';
import { inferOn, interfaceOf } from '../oip/infer-on.ts';
import { HEADER_LENGTH, readInferRequest, writeInferAnswer } from '../oip/infer-message.ts';
import type { Service } from '../service.ts';
import { abortWhenGone } from './abort-when-gone.ts';
import { inferDoc, versioned } from './oip-docs.ts';
import type { ModelParams } from './oip-metadata.ts';
import { MODEL_PATHS, requireModel } from './oip-metadata.ts';
import { readTimeoutMs } from './read-embeddings-request.ts';
import { stickyKeyOf } from './sticky-key.ts';
import { addTimings } from './timing-headers.ts';

const BODY_LIMIT = 8 * 1024 * 1024;

/** `POST /v2/models/{model}[/versions/{version}]/infer`: JSON, JSON with binary tensors, raw. */
export function addOipInferRoutes(app: FastifyInstance, service: Service): void {
  for (const path of MODEL_PATHS) {
    app.post<{ Params: ModelParams }>(
      `${path}/infer`,
      { config: { doc: versioned(inferDoc, path) }, bodyLimit: BODY_LIMIT },
      (request, reply) => infer(service, request, reply),
    );
  }
}

async function infer(
  service: Service,
  request: FastifyRequest<{ Params: ModelParams }>,
  reply: FastifyReply,
): Promise<Uint8Array> {
  const begin = performance.now();
  // One look-up: whatever is loaded meanwhile, this version answers.
  const served = requireModel(service, request.params, stickyKeyOf(request));
  const header = request.headers[HEADER_LENGTH];
  const asked = readInferRequest(
    Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    typeof header === 'string' ? header : undefined,
    soleInput(interfaceOf(served.runtime)),
  );
  const timeoutMs = readTimeoutMs(request.headers);
  const work = new AbortController();
  const running = inferOn(served, asked, { timeoutMs, signal: work.signal });
  abortWhenGone(reply, work);
  const result = await running;
  reply.raw.once('finish', () => {
    service.shadow.copy(served, toComparable(result), async (shadow) => {
      const limits = { timeoutMs: SHADOW_TIMEOUT_MS };
      return toComparable(await inferOn(shadow, asked, limits));
    });
  });
  const { name: model, version } = served.model;
  const answer = { model, version, id: asked.id, outputs: result.outputs };
  const { body, headerLength } = writeInferAnswer(answer, asked.isBinary);
  addTimings(reply, result, begin);
  if (headerLength === undefined) reply.type('application/json');
  else reply.header(HEADER_LENGTH, headerLength).type('application/octet-stream');
  return body;
}

/** The numbers of an answer, one vector for each output. */
function toComparable({ outputs, inferMs }: InferResult): Comparable {
  const vectors = outputs.flatMap(({ data }) =>
    data instanceof Float32Array || data instanceof Float64Array ? [data] : [],
  );
  return { vectors, inferMs };
}
