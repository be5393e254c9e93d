import type { IncomingMessage, ServerResponse } from 'node:http';
import { ADMIN_PREFIX, createKeyRequest, revokeKeyRequest } from '@omni/contracts/gateway-admin.ts';
import { PROBLEM_TYPE, toProblem } from '@omni/kit/problem-response.ts';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ZodError } from 'zod';
import { KeyRepositoryError } from '../keys/key-repository.ts';
import { bearerMatches } from '../routes/bearer.ts';
import type { KeyAdmin } from './key-admin.ts';

const BODY_LIMIT_BYTES = 16 * 1024;
const STATUS = { key_not_found: 404, key_read_only: 409, keystore_unavailable: 503 } as const;
const TITLES = {
  key_not_found: 'No such key',
  key_read_only: 'Keys of API_KEYS are changed by deploying a new revision',
  keystore_unavailable: 'The key store is not available',
} as const;

export interface AdminAppOptions {
  token: string;
  admin: KeyAdmin;
  /** Unexpected errors; the client sees none of their words. */
  onError: (error: Error) => void;
}

/** Handles requests below `/admin/v1`; loaded with its framework on the first of them. */
export type AdminApp = (request: IncomingMessage, response: ServerResponse) => void;

export async function createAdminApp(options: AdminAppOptions): Promise<AdminApp> {
  const app = fastify({ bodyLimit: BODY_LIMIT_BYTES, logger: false });
  app.addHook('onRequest', (request, reply, next) => {
    reply.header('cache-control', 'no-store');
    if (bearerMatches(request.headers.authorization, options.token)) {
      next();
      return;
    }
    reply.header('www-authenticate', 'Bearer realm="omni-admin"');
    return problem(reply, {
      status: 401,
      code: 'unauthorized',
      title: 'A valid admin token is required',
    });
  });
  app.setErrorHandler((error: Error, _request, reply) =>
    answerError(reply, error, options.onError),
  );
  app.setNotFoundHandler((_request, reply) =>
    problem(reply, { status: 404, code: 'not_found', title: 'Not found' }),
  );
  addRoutes(app, options.admin);
  await app.ready();
  return (request, response) => app.routing(request, response);
}

function addRoutes(app: FastifyInstance, admin: KeyAdmin): void {
  app.get(`${ADMIN_PREFIX}/keys`, () => admin.list());
  app.post(`${ADMIN_PREFIX}/keys`, async (request, reply) => {
    const created = await admin.create(createKeyRequest.parse(bodyOf(request)));
    reply.status(201);
    return created;
  });
  app.post<{ Params: { id: string } }>(`${ADMIN_PREFIX}/keys/:id/revoke`, (request) =>
    admin.revoke(request.params.id, revokeKeyRequest.parse(bodyOf(request)).reason),
  );
}

/** A POST without a body means "all defaults". */
function bodyOf(request: FastifyRequest): unknown {
  return request.body ?? {};
}

function answerError(
  reply: FastifyReply,
  error: Error,
  onError: (error: Error) => void,
): FastifyReply {
  if (error instanceof ZodError) {
    const detail = error.issues.map((item) => `${item.path.join('.')}: ${item.message}`).join('; ');
    return problem(reply, { ...invalid, detail });
  }
  if (error instanceof KeyRepositoryError) {
    const { code } = error;
    if (code === 'keystore_unavailable') onError(error);
    return problem(reply, { status: STATUS[code], code, title: TITLES[code] });
  }
  const { statusCode } = error as Error & { statusCode?: number };
  if (statusCode !== undefined && statusCode < 500) return problem(reply, invalid);
  onError(error);
  return problem(reply, { status: 500, code: 'internal_error', title: 'The gateway failed' });
}

const invalid = { status: 400, code: 'invalid_request', title: 'The request is not acceptable' };

function problem(
  reply: FastifyReply,
  input: { status: number; code: string; title: string; detail?: string },
): FastifyReply {
  const requestId = reply.raw.getHeader('x-request-id');
  const body = toProblem({ ...input, requestId: String(requestId) });
  return reply.status(input.status).type(PROBLEM_TYPE).send(body);
}
