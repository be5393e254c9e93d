/** Why an embedding request got no vectors; also the HTTP code and the `outcome` label's source. */
export type InferenceCode =
  | 'model_not_ready'
  | 'queue_full'
  | 'input_too_large'
  | 'input_too_long'
  | 'deadline_exceeded'
  | 'client_gone'
  | 'lane_died'
  | 'inference_failed'
  | 'shutting_down';

export interface InferenceFailure {
  readonly message: string;
  /** Seconds after which a retry has a real chance. */
  readonly retryAfterSeconds?: number;
  readonly tooLong?: TooLong;
  readonly cause?: unknown;
}

/** Which input is over the token limit, and by its real count. */
export interface TooLong {
  readonly index: number;
  readonly tokens: number;
}

/** The one error that the embedder throws. */
export class InferenceError extends Error {
  readonly code: InferenceCode;
  readonly retryAfterSeconds: number | undefined;
  readonly tooLong: TooLong | undefined;

  constructor(code: InferenceCode, failure: InferenceFailure) {
    super(failure.message, { cause: failure.cause });
    this.name = 'InferenceError';
    this.code = code;
    this.retryAfterSeconds = failure.retryAfterSeconds;
    this.tooLong = failure.tooLong;
  }
}

/** Input `index` of a request is longer than the model reads and may not be cut. */
export function inputTooLong(index: number, tokens: number): InferenceError {
  return new InferenceError('input_too_long', {
    message: `input ${index} has ${tokens} tokens, more than the model reads`,
    tooLong: { index, tokens },
  });
}

/** What a run threw, as the error that requests get. */
export function toInferenceError(cause: unknown): InferenceError {
  if (cause instanceof InferenceError) return cause;
  return new InferenceError('inference_failed', { message: 'the run failed', cause });
}

/** An input that can never be embedded as it was sent: the client's fault, known before any work. */
export class InputError extends Error {
  readonly code: 'invalid_request' | 'input_too_long';
  /** The field at fault. */
  readonly param: string;

  constructor(code: InputError['code'], param: string, message: string) {
    super(message);
    this.name = 'InputError';
    this.code = code;
    this.param = param;
  }
}
