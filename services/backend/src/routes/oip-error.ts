import type { FastifyError, FastifyInstance } from 'fastify';
import { RepositoryError } from '../inference/model-loader.ts';
import type { Log } from '../log.ts';
import { ProtocolError } from '../oip/datatypes.ts';
import { HttpError } from './http-error.ts';
import { toOpenAiError } from './open-ai-error.ts';

/** A refusal of a `/v2` route: status and the one sentence of its body. */
export class OipError extends Error {
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, message: string, retryAfterSeconds?: number) {
    super(message);
    this.name = 'OipError';
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Every error of the routes of `app` is `{"error": "..."}`, as the protocol wants it. */
export function answerOipErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const answer = toOipError(error);
    if (answer.status === 500) {
      const { message, stack } = error;
      const route = request.routeOptions.url;
      log.error('Request failed', { request_id: request.id, route, error: message, stack });
    }
    if (answer.retryAfterSeconds !== undefined) {
      reply.header('retry-after', answer.retryAfterSeconds);
    }
    await reply.code(answer.status).type('application/json').send({ error: answer.message });
  });
}

function toOipError(error: FastifyError): OipError {
  if (error instanceof OipError) return error;
  if (error instanceof ProtocolError) return new OipError(400, error.message);
  if (error instanceof HttpError) {
    return new OipError(error.status, error.fields.title, error.fields.retryAfterSeconds);
  }
  if (error instanceof RepositoryError) {
    return new OipError(error.kind === 'unknown' ? 404 : 400, error.message);
  }
  const refusal = toOpenAiError(error);
  if (refusal !== undefined) {
    return new OipError(refusal.status, refusal.message, refusal.retryAfterSeconds);
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return new OipError(status, error.message);
  return new OipError(500, 'the service failed; it is logged');
}
