import type { IncomingMessage } from 'node:http';

const METHODS = 'GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS';
const EXPOSED =
  'x-request-id, x-omni-revision, x-omni-upstream-revision, ratelimit, ratelimit-policy, retry-after';

/** CORS headers for a request's origin as flat pairs; empty when off or the origin is not allowed. */
export type Cors = (request: IncomingMessage) => readonly string[];

const NONE: readonly string[] = [];

/** Off without origins. Credentials (cookies) are never allowed: the key is a header. */
export function createCors(allowedOrigins: readonly string[]): Cors {
  if (allowedOrigins.length === 0) return () => NONE;
  const allowed = new Set(allowedOrigins);
  const varies = ['vary', 'Origin'];
  return ({ headers }) => {
    const { origin } = headers;
    if (origin === undefined || !(allowed.has(origin) || allowed.has('*'))) return varies;
    return [
      ...varies,
      'access-control-allow-origin',
      origin,
      'access-control-expose-headers',
      EXPOSED,
    ];
  };
}

/** A browser's question whether it may ask; it carries no key. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

/** Further headers of a preflight's answer. */
export function preflightHeaders({ headers }: IncomingMessage): string[] {
  return [
    'access-control-allow-methods',
    METHODS,
    'access-control-allow-headers',
    headers['access-control-request-headers'] ?? 'authorization, content-type, x-api-key',
    'access-control-max-age',
    '600',
    'content-length',
    '0',
  ];
}
