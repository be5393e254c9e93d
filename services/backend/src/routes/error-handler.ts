import { PROBLEM_TYPE, toProblem } from '@omni/kit/problem-response.ts';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../log.ts';
import { HttpError } from './http-error.ts';

/** Codes of what Fastify itself refuses before a route sees it. */
const FRAMEWORK_ERRORS: Readonly<Record<number, { code: string; title: string }>> = {
  400: { code: 'invalid_request', title: 'The request cannot be read' },
  413: { code: 'body_too_large', title: 'The body is larger than this route reads' },
  414: { code: 'url_too_long', title: 'The address is too long' },
  415: { code: 'unsupported_media_type', title: 'Send application/json' },
};

function toHttpError(error: FastifyError | HttpError): HttpError {
  if (error instanceof HttpError) return error;
  const status = error.statusCode ?? 500;
  const known = FRAMEWORK_ERRORS[status];
  if (known !== undefined) return new HttpError(status, { ...known, detail: error.message });
  return new HttpError(500, { code: 'internal', title: 'The service failed; it is logged' });
}

async function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, fields }: HttpError,
): Promise<void> {
  if (fields.retryAfterSeconds !== undefined) reply.header('retry-after', fields.retryAfterSeconds);
  const { code, title, detail } = fields;
  await reply
    .code(status)
    .type(PROBLEM_TYPE)
    .send(toProblem({ status, code, title, detail, requestId: request.id }));
}

/** Every error and every unknown address is answered as a problem; what is not ours is logged. */
export function addErrorHandlers(app: FastifyInstance, log: Log): void {
  app.setErrorHandler<FastifyError | HttpError>(async (error, request, reply) => {
    const answer = toHttpError(error);
    if (answer.status === 500) {
      log.error('Request failed', {
        request_id: request.id,
        route: request.routeOptions.url,
        error: error.message,
        stack: error.stack,
      });
    }
    await sendProblem(request, reply, answer);
  });
  app.setNotFoundHandler(async (request, reply) => {
    const title = 'Nothing answers at this address';
    await sendProblem(request, reply, new HttpError(404, { code: 'route_not_found', title }));
  });
}
