import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Analyst } from '../analysis/analyst.ts';
import type { Head, Heads } from '../classification/heads.ts';
import { toPlainText, trainOn } from '../classification/heads.ts';
import type { ModelCatalog } from '../inference/model-catalog.ts';
import { HttpError } from '../routes/http-error.ts';
import type { TextEmbedder } from '../search/collections.ts';
import { analyse } from './analyse.ts';
import {
  classifyDoc,
  classifyRequest,
  dropDoc,
  fileDoc,
  headName,
  listDoc,
  putDoc,
  putRequest,
} from './classify-docs.ts';
import type { classifyResponse, headResponse, listResponse } from './classify-docs.ts';
import { embedding, requireEmbedder } from './embed-texts.ts';
import { readBody } from './read-body.ts';
import { withDatabase } from './with-database.ts';

const BODY_LIMIT = 8 * 1024 * 1024;
const PATH = '/api/v1/ai/logs/heads';

interface Parts {
  readonly catalog: ModelCatalog;
  readonly analyst: Analyst;
  /** Null without a database: then only examples sent along are learned from. */
  readonly heads: Heads | null;
}

/** `POST /api/v1/ai/logs/classify` and the heads that it can use. */
export function addClassifyRoutes(app: FastifyInstance, parts: Parts): void {
  addHeadRoutes(app, parts);
  app.post(
    '/api/v1/ai/logs/classify',
    { config: { doc: classifyDoc }, bodyLimit: BODY_LIMIT },
    async (request): Promise<z.infer<typeof classifyResponse>> => {
      const body = readBody(classifyRequest, request.body);
      const embedder = requireEmbedder(parts.catalog);
      const head = await findHead(parts, body, embedder);
      const texts = body.lines.map(toPlainText);
      const vectors = await embedding(() => embedder.embed(texts));
      const input = { vectors, head: head.layer };
      const odds = await analyse(parts.analyst, 'applyHead', input);
      return {
        head: head.name,
        version: head.version,
        accuracy: head.accuracy,
        results: odds.map((row) => toResult(row, head.labels, body.min_confidence)),
      };
    },
  );
}

function addHeadRoutes(app: FastifyInstance, { catalog, heads }: Parts): void {
  const kept = { kept: heads, title: 'Heads are kept in the database' };
  app.get(PATH, { config: { doc: listDoc } }, async (): Promise<z.infer<typeof listResponse>> => {
    const list = await withDatabase(kept, (one) => one.list());
    return {
      heads: list.map(({ name, version, labels, examples, accuracy }) => {
        return { name, version, labels: [...labels], examples, accuracy };
      }),
    };
  });
  app.put<{ Params: { head: string } }>(
    `${PATH}/:head`,
    { config: { doc: putDoc }, bodyLimit: BODY_LIMIT },
    async (request): Promise<z.infer<typeof headResponse>> => {
      const name = readBody(headName, request.params.head);
      const { examples } = readBody(putRequest, request.body);
      const trained = await withDatabase(kept, (one) =>
        one.put(name, examples, requireEmbedder(catalog)),
      );
      const { version, labels, accuracy } = trained;
      return { name, version, labels: [...labels], examples: trained.examples, accuracy };
    },
  );
  app.get<{ Params: { head: string } }>(
    `${PATH}/:head/model.onnx`,
    { config: { doc: fileDoc } },
    async (request, reply) => {
      const file = await withDatabase(kept, (one) => one.file(request.params.head));
      if (file === null) throw missing();
      return await reply.type('application/octet-stream').send(Buffer.from(file));
    },
  );
  app.delete<{ Params: { head: string } }>(
    `${PATH}/:head`,
    { config: { doc: dropDoc } },
    async (request, reply) => {
      const removed = await withDatabase(kept, (one) => one.drop(request.params.head));
      if (!removed) throw missing();
      return await reply.code(204).send();
    },
  );
}

/** The named head, or one that is trained from the examples of the request and forgotten after it. */
async function findHead(
  { analyst, heads }: Parts,
  { head: name, examples = [] }: z.infer<typeof classifyRequest>,
  embedder: TextEmbedder,
): Promise<Head> {
  if (name === undefined) {
    const train = trainer(analyst);
    const trained = await embedding(() => trainOn(examples, { embedder, train }));
    return { ...trained, name: null, version: 0 };
  }
  const kept = { kept: heads, title: 'Heads are kept in the database' };
  const found = await withDatabase(kept, (one) => one.get(name, embedder));
  if (found === null) throw missing();
  return found;
}

/** Training in the analysis thread. */
export function trainer(analyst: Analyst): ConstructorParameters<typeof Heads>[1] {
  return (set) => analyse(analyst, 'trainHead', set);
}

function toResult(
  row: readonly number[],
  labels: readonly string[],
  minConfidence: number,
): z.infer<typeof classifyResponse>['results'][number] {
  const confidence = Math.max(...row);
  const best = labels[row.indexOf(confidence)] ?? null;
  return {
    label: confidence >= minConfidence ? best : null,
    confidence,
    scores: Object.fromEntries(labels.map((label, k) => [label, row[k] ?? 0])),
  };
}

function missing(): HttpError {
  return new HttpError(404, { code: 'head_not_found', title: 'There is no head of this name' });
}
