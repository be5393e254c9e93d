import type { IncomingMessage, ServerResponse } from 'node:http';
import { ADMIN_PREFIX, REPLAYED_HEADER } from '@omni/contracts/gateway-admin.ts';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RememberedAnswers } from '../store/remembered-answers.ts';
import { ADMIN_ERRORS, sendAdminError, toAdminError } from './admin-error.ts';
import type { AdminRoute } from './admin-route.ts';
import type { AdmitRequest } from './admit-request.ts';
import { handleCall } from './handle-call.ts';
import type { HandledAnswer, RawCall } from './handle-call.ts';

const BODY_LIMIT_BYTES = 64 * 1024;

export interface AdminAppOptions {
  routes: readonly AdminRoute[];
  admit: AdmitRequest;
  /** Null without a key store: then there are no changes that could be repeated. */
  answers: (() => Promise<RememberedAnswers>) | null;
  /** Failures that are ours; the client sees none of their words. */
  onError: (error: Error) => void;
}

/** Handles requests below `/admin/v1`; loaded with its framework on the first of them. */
export interface AdminApp {
  handle: (request: IncomingMessage, response: ServerResponse, clientAddress: string) => void;
  close: () => Promise<void>;
}

export async function createAdminApp(options: AdminAppOptions): Promise<AdminApp> {
  const addresses = new WeakMap<IncomingMessage, string>();
  const app = fastify({ bodyLimit: BODY_LIMIT_BYTES, logger: false, exposeHeadRoutes: false });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    await options.admit(request, reply, addresses.get(request.raw) ?? '');
  });
  app.setErrorHandler((error: Error, _request, reply) => fail(reply, error, options.onError));
  app.setNotFoundHandler((_request, reply) =>
    sendAdminError(reply, toAdminError({ statusCode: 404 })),
  );
  for (const route of options.routes) addRoute(app, route, options);
  await app.ready();
  return {
    handle(request, response, clientAddress) {
      addresses.set(request, clientAddress);
      app.routing(request, response);
    },
    close: () => app.close(),
  };
}

function addRoute(app: FastifyInstance, route: AdminRoute, { answers }: AdminAppOptions): void {
  app.route({
    method: route.method,
    url: `${ADMIN_PREFIX}${route.path}`,
    config: { admin: route },
    ...(route.bodyLimitBytes === undefined ? {} : { bodyLimit: route.bodyLimitBytes }),
    handler: async (request, reply) => {
      const answer = await handleCall(route, toRawCall(request, reply), answers);
      return send(reply, answer);
    },
  });
}

function toRawCall(request: FastifyRequest, reply: FastifyReply): RawCall {
  const { method, headers, params, query, body } = request;
  return {
    caller: request.caller ?? { actor: 'nobody', role: 'viewer' },
    requestId: String(reply.raw.getHeader('x-request-id')),
    path: request.url.split('?', 1)[0] ?? '',
    ...{ method, headers, params, query, body },
  };
}

function send(reply: FastifyReply, answer: HandledAnswer): FastifyReply {
  const { status, body, etag, replayed, contentType, headers = {} } = answer;
  if (etag !== undefined) reply.header('etag', `"${etag}"`);
  if (replayed === true) reply.header(REPLAYED_HEADER, 'true');
  if (contentType !== undefined) reply.type(contentType);
  return reply
    .headers({ ...headers })
    .status(status)
    .send(body);
}

function fail(reply: FastifyReply, error: Error, onError: (error: Error) => void): FastifyReply {
  const refusal = toAdminError(error);
  if (ADMIN_ERRORS[refusal.code].status >= 500) onError(error);
  return sendAdminError(reply, refusal);
}
