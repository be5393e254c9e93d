import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { InferenceCode } from '../inference/inference-error.ts';
import { InferenceError, InputError } from '../inference/inference-error.ts';
import type { openAiError } from './embeddings-schema.ts';

/** A refusal of a `/v1` route, in the shape that OpenAI's clients read. */
export class OpenAiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly param: string | null;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    fields: { code: string; message: string; param?: string; retryAfterSeconds?: number },
  ) {
    super(fields.message);
    this.name = 'OpenAiError';
    this.status = status;
    this.code = fields.code;
    this.param = fields.param ?? null;
    this.retryAfterSeconds = fields.retryAfterSeconds;
  }
}

const STATUS: Readonly<Record<InferenceCode, number>> = {
  input_too_long: 400,
  input_too_large: 413,
  queue_full: 429,
  client_gone: 499,
  inference_failed: 500,
  lane_died: 503,
  model_not_ready: 503,
  shutting_down: 503,
  deadline_exceeded: 504,
};

/** The HTTP meaning of what went wrong (429 and 503 are safe to retry), or undefined: a defect. */
export function toOpenAiError(error: unknown): OpenAiError | undefined {
  if (error instanceof OpenAiError) return error;
  if (error instanceof InputError) {
    const { code, message, param } = error;
    return new OpenAiError(400, { code, message, param });
  }
  return error instanceof InferenceError ? fromInference(error) : undefined;
}

function fromInference(error: InferenceError): OpenAiError {
  const inputAtFault = error.code === 'input_too_long' || error.code === 'input_too_large';
  return new OpenAiError(STATUS[error.code], {
    code: error.code,
    // What the runtime said describes our inside: it is in the log.
    message: error.code === 'inference_failed' ? 'the model failed on this input' : error.message,
    ...(inputAtFault ? { param: 'input' } : {}),
    ...(error.retryAfterSeconds === undefined
      ? {}
      : { retryAfterSeconds: error.retryAfterSeconds }),
  });
}

function typeOf(status: number): string {
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

/** Writes the error body with its status and Retry-After. */
export async function sendOpenAiError(reply: FastifyReply, error: OpenAiError): Promise<void> {
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
  const body: z.infer<typeof openAiError> = {
    error: {
      message: error.message,
      type: typeOf(error.status),
      param: error.param,
      code: error.code,
    },
  };
  await reply.code(error.status).send(body);
}
