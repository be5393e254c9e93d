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
  readonly cause?: unknown;
}

/** The one error that the embedder throws. */
export class InferenceError extends Error {
  readonly code: InferenceCode;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: InferenceCode, failure: InferenceFailure) {
    super(failure.message, { cause: failure.cause });
    this.name = 'InferenceError';
    this.code = code;
    this.retryAfterSeconds = failure.retryAfterSeconds;
  }
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
