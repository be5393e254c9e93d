/** Fault of a request; the prefix names the fault domain. Closed list: it is a metric label. */
export type ErrorType =
  | 'client_invalid'
  | 'client_unauthorized'
  | 'client_forbidden'
  | 'client_too_large'
  | 'client_rate_limited'
  | 'client_quota_exceeded'
  | 'client_aborted'
  | 'client_timeout'
  | 'gateway_keystore_stale'
  | 'gateway_limit_store_unavailable'
  | 'gateway_limit_table_full'
  | 'gateway_internal'
  | 'gateway_overloaded'
  | 'gateway_draining'
  | 'upstream_circuit_open'
  | 'upstream_unavailable'
  | 'upstream_timeout'
  | 'upstream_invalid'
  | 'upstream_reset';

/** An answer that the gateway gives instead of the upstream. */
export interface Refusal {
  status: number;
  /** Listed in docs/errors.md. */
  code: string;
  title: string;
  errorType: ErrorType;
  detail?: string;
  /** Flat name-value pairs. */
  headers?: readonly string[];
  /** The connection can't be used again, for example because a body was not read. */
  close?: boolean;
  /** Leave the request id out of the body: all 401 answers are byte-identical. */
  anonymous?: boolean;
}

const invalid = (code: string, detail: string, status = 400): Refusal => ({
  status,
  code,
  title: 'The request is not acceptable',
  detail,
  errorType: 'client_invalid',
  close: true,
});

/** Every refusal without a parameter, in one place so that codes and words can be reviewed. */
export const refusals = {
  doubleHost: invalid('invalid_request', 'More than one Host header'),
  noHost: invalid('invalid_request', 'No Host header'),
  framing: invalid('invalid_request', 'Ambiguous message framing'),
  version: invalid('invalid_request', 'Neither HTTP/1.1 nor HTTP/1.0'),
  expectation: invalid('invalid_request', 'Nothing but 100-continue can be expected', 417),
  unexpectedBody: invalid('invalid_request', 'A body is not accepted with this method'),
  target: invalid('invalid_target', 'The request target is not a plain path'),
  method: { ...invalid('method_not_allowed', 'Method not supported', 405) },
  uriTooLong: invalid('uri_too_long', 'The request target is longer than 8 KiB', 414),
  tooManyHeaders: invalid('too_many_headers', 'More than 100 headers', 431),
  notFound: { status: 404, code: 'not_found', title: 'Not found', errorType: 'client_invalid' },
  ambiguousCredentials: {
    ...invalid('ambiguous_credentials', 'Two different API keys in one request'),
    close: false,
  },
  unauthorized: {
    status: 401,
    code: 'unauthorized',
    title: 'A valid API key is required',
    errorType: 'client_unauthorized',
    headers: ['www-authenticate', 'Bearer realm="omni"'],
    anonymous: true,
  },
  tooLarge: {
    status: 413,
    code: 'body_too_large',
    title: 'The request body is too large',
    errorType: 'client_too_large',
    close: true,
  },
  tooSlow: {
    status: 408,
    code: 'request_timeout',
    title: 'The request body came too slowly',
    errorType: 'client_timeout',
    close: true,
  },
  keystoreStale: {
    status: 503,
    code: 'keystore_stale',
    title: 'API keys cannot be checked at the moment',
    errorType: 'gateway_keystore_stale',
    headers: ['retry-after', '1'],
  },
  circuitOpen: {
    status: 503,
    code: 'circuit_open',
    title: 'The service behind the gateway failed too often and is left alone for a moment',
    errorType: 'upstream_circuit_open',
    headers: ['retry-after', '1'],
  },
  webSocketVersion: {
    ...invalid('upgrade_invalid', 'Sec-WebSocket-Version must be 13', 426),
    headers: ['sec-websocket-version', '13', 'upgrade', 'websocket'],
  },
  webSocketKey: invalid('upgrade_invalid', 'Sec-WebSocket-Key is missing or malformed'),
  keyBusy: {
    status: 429,
    code: 'too_many_concurrent',
    title: 'Too many requests with this API key are under way',
    errorType: 'client_rate_limited',
    headers: ['retry-after', '1'],
  },
  keyStreams: {
    status: 429,
    code: 'too_many_streams',
    title: 'Too many WebSockets are open with this API key',
    errorType: 'client_rate_limited',
    close: true,
  },
  allStreams: {
    status: 503,
    code: 'too_many_streams',
    title: 'Too many WebSockets are open',
    errorType: 'gateway_overloaded',
    headers: ['retry-after', '1'],
    close: true,
  },
  draining: {
    status: 503,
    code: 'draining',
    title: 'This instance is about to stop',
    errorType: 'gateway_draining',
    headers: ['retry-after', '1'],
    close: true,
  },
  internal: {
    status: 500,
    code: 'internal_error',
    title: 'The gateway failed',
    errorType: 'gateway_internal',
    close: true,
  },
} as const satisfies Record<string, Refusal>;

/** The key is right, the request is in none of its scopes; says which one it would need. */
export function scopeDenied(needed: string, close: boolean): Refusal {
  return {
    status: 403,
    code: 'scope_denied',
    title: 'The API key has no scope for this request',
    detail: `Needed: ${needed.slice(0, 200)}`,
    errorType: 'client_forbidden',
    close,
  };
}
