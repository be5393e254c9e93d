import type { IncomingHttpHeaders } from 'node:http';
import { InputError } from '../inference/inference-error.ts';
import type { EmbedItem } from '../inference/lane-protocol.ts';
import type { EmbeddingConfig } from '../inference/model-config.ts';
import type { EmbeddingsRequest } from './embeddings-schema.ts';
import {
  DEFAULT_TIMEOUT_MS,
  embeddingsRequest,
  MAX_CHARS,
  MAX_INPUTS,
  MAX_TIMEOUT_MS,
} from './embeddings-schema.ts';

export const TIMEOUT_HEADER = 'x-request-timeout-ms';

/** Parses the body; the first thing that is wrong decides the answer. */
export function readBody(body: unknown): EmbeddingsRequest {
  const parsed = embeddingsRequest.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const param = String(issue?.path[0] ?? '');
  if (param === 'input') throw invalid('input', describeInput(body));
  throw invalid(param, `${param === '' ? 'the body' : param}: ${issue?.message ?? 'invalid'}`);
}

/** zod says of a failed union only that it failed. */
function describeInput(body: unknown): string {
  const input = (body as { input?: unknown }).input;
  if (input === undefined) return 'input is missing';
  const list: unknown[] = Array.isArray(input) ? input : [input];
  if (list.length === 0) return 'input is an empty list';
  if (list.some((one) => one === '')) return 'an input is empty';
  if (list.length > MAX_INPUTS)
    return `input has ${list.length} entries, the limit is ${MAX_INPUTS}`;
  return 'input must be a text, a list of texts, a list of token ids or a list of such lists';
}

/** The inputs as lane items, checked against the model's limits. */
export function toItems(request: EmbeddingsRequest, config: EmbeddingConfig): EmbedItem[] {
  const { dimensions, truncate } = request;
  if (dimensions !== undefined && dimensions !== config.dims) {
    throw invalid('dimensions', `this model has ${config.dims} dimensions and no measured others`);
  }
  return toInputs(request.input).map((input, index) => {
    if (typeof input === 'string') return { input: fit(input, index, truncate), truncate };
    const foreign = input.find((id) => id >= config.vocabularySize);
    if (foreign !== undefined) {
      throw invalid('input', `input ${index} has token id ${foreign}, not in the vocabulary`);
    }
    return { input, truncate };
  });
}

/** How long the client is willing to wait, in milliseconds. */
export function readTimeoutMs(headers: IncomingHttpHeaders): number {
  const value = headers[TIMEOUT_HEADER];
  if (value === undefined) return DEFAULT_TIMEOUT_MS;
  const ms = Number(value);
  if (!Number.isInteger(ms) || ms < 1 || ms > MAX_TIMEOUT_MS) {
    throw invalid(TIMEOUT_HEADER, `${TIMEOUT_HEADER} must be 1 to ${MAX_TIMEOUT_MS}`);
  }
  return ms;
}

function toInputs(input: EmbeddingsRequest['input']): (string | readonly number[])[] {
  if (typeof input === 'string') return [input];
  return typeof input[0] === 'number' ? [input as number[]] : (input as (string | number[])[]);
}

function fit(input: string, index: number, truncate: boolean): string {
  if (input.length <= MAX_CHARS) return input;
  if (truncate) return input.slice(0, MAX_CHARS);
  const message = `input ${index} has ${input.length} characters, the limit is ${MAX_CHARS}`;
  throw new InputError('input_too_long', 'input', message);
}

function invalid(param: string, message: string): InputError {
  return new InputError('invalid_request', param, message);
}
