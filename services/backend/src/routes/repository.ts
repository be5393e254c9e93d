import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Config } from '../config.ts';
import { createModelAdminGuard } from '../internal/require-model-admin.ts';
import { ProtocolError } from '../oip/datatypes.ts';
import type { Service } from '../service.ts';
import { indexDoc, loadDoc, unloadDoc } from './oip-docs.ts';
import { indexRequest, loadRequest } from './oip-schema.ts';

interface ModelParams {
  readonly model: string;
}

/** The model repository extension: what there is, and loading and unloading while serving. */
export function addRepositoryRoutes(
  app: FastifyInstance,
  { loader }: Service,
  config: Config,
): void {
  const onRequest = createModelAdminGuard(config);
  app.post('/v2/repository/index', { config: { doc: indexDoc } }, async ({ body }) => {
    const asked = read(indexRequest.optional(), body);
    const entries = await loader.index();
    return asked?.ready === true ? entries.filter(({ state }) => state === 'READY') : entries;
  });
  app.post<{ Params: ModelParams }>(
    '/v2/repository/models/:model/load',
    { onRequest, config: { doc: loadDoc } },
    async ({ body, params }) => {
      read(loadRequest, body);
      await loader.load(params.model);
      return {};
    },
  );
  app.post<{ Params: ModelParams }>(
    '/v2/repository/models/:model/unload',
    { onRequest, config: { doc: unloadDoc } },
    async ({ body, params }) => {
      read(loadRequest, body);
      await loader.unload(params.model);
      return {};
    },
  );
}

/** An empty body is no body. */
function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const text = Buffer.isBuffer(body) ? body.toString('utf8').trim() : '';
  const parsed = schema.safeParse(text === '' ? undefined : parse(text));
  if (parsed.success) return parsed.data;
  throw new ProtocolError(parsed.error.issues[0]?.message ?? 'the body is wrong');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says quotes the body.
    throw new ProtocolError('the body is not valid JSON');
  }
}
