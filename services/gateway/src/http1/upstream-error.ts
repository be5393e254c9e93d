/** Why a request to an upstream failed. Stable: retry rule, problem answers and metrics read it. */
export type UpstreamErrorCode =
  /** Nobody listens, the name is unknown, the network is away. */
  | 'UPSTREAM_UNREACHABLE'
  | 'UPSTREAM_CONNECT_TIMEOUT'
  /** The certificate is not valid for this host. */
  | 'UPSTREAM_TLS_INVALID'
  /** All connections were busy for longer than a request may wait, or too many waited. */
  | 'UPSTREAM_QUEUE_FULL'
  | 'UPSTREAM_QUEUE_TIMEOUT'
  /** A kept connection closed before a byte of the answer came. */
  | 'UPSTREAM_STALE_CONNECTION'
  /** The connection broke off. */
  | 'UPSTREAM_RESET'
  | 'UPSTREAM_HEAD_TIMEOUT'
  | 'UPSTREAM_BODY_TIMEOUT'
  /** The answer is not valid HTTP/1.1; the message says what. */
  | 'UPSTREAM_INVALID_ANSWER'
  /** Our own request may not be sent: a header or target that would inject, a wrong length. */
  | 'UPSTREAM_REQUEST_INVALID'
  /** The stream of the request's body failed. */
  | 'UPSTREAM_REQUEST_BODY_FAILED'
  /** A handler threw. */
  | 'UPSTREAM_HANDLER_FAILED'
  | 'UPSTREAM_CLOSED';

/** A failed request to an upstream. */
export class UpstreamError extends Error {
  readonly code: UpstreamErrorCode;

  constructor(code: UpstreamErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'UpstreamError';
    this.code = code;
  }
}

/** The error for an answer that is not HTTP/1.1 as we read it; `what` names the faulty part. */
export function invalidAnswer(what: string): UpstreamError {
  return new UpstreamError('UPSTREAM_INVALID_ANSWER', `The answer is not valid HTTP: ${what}`);
}
