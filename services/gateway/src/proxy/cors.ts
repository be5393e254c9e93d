import type { RequestScope } from './request-scope.ts';

const METHODS = 'GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS';
const REQUEST_HEADERS = 'authorization, content-type, x-api-key';
/** A longer wish is answered with what the gateway itself knows. */
const MAX_REQUEST_HEADERS_CHARS = 1_024;
const EXPOSED =
  'x-request-id, x-omni-revision, x-omni-upstream-revision, ratelimit, ratelimit-policy, retry-after';
const ANY = '*';

/** CORS headers of the answer to an origin, as flat pairs. */
export type Cors = (origin: string | undefined) => readonly string[];

const NONE: readonly string[] = [];
const VARIES: readonly string[] = ['vary', 'Origin'];

/**
 * Off without origins. Credentials (cookies) are never allowed, whatever the origins: the key is a
 * header. The pairs of each origin are made once.
 */
export function createCors(allowedOrigins: readonly string[]): Cors {
  if (allowedOrigins.length === 0) return () => NONE;
  if (allowedOrigins.includes(ANY)) {
    const open = pairsFor(ANY);
    return (origin) => (origin === undefined ? VARIES : open);
  }
  const allowed = new Map(allowedOrigins.map((origin) => [origin, pairsFor(origin)]));
  return (origin) => (origin === undefined ? VARIES : (allowed.get(origin) ?? VARIES));
}

function pairsFor(origin: string): readonly string[] {
  return [
    ...VARIES,
    'access-control-allow-origin',
    origin,
    'access-control-expose-headers',
    EXPOSED,
  ];
}

/** A browser's question whether it may ask; it carries no key. */
export function isPreflight({ request, head }: RequestScope): boolean {
  return (
    request.method === 'OPTIONS' &&
    head.origin !== undefined &&
    request.headers['access-control-request-method'] !== undefined
  );
}

/** Further headers of a preflight's answer; an origin that is not allowed learns nothing. */
export function preflightHeaders({ request, head }: RequestScope, cors: Cors): readonly string[] {
  if (cors(head.origin) === VARIES) return NONE;
  const wished = request.headers['access-control-request-headers'] ?? '';
  const fits = wished !== '' && wished.length <= MAX_REQUEST_HEADERS_CHARS;
  return [
    'vary',
    'Access-Control-Request-Headers',
    'access-control-allow-methods',
    METHODS,
    'access-control-allow-headers',
    fits ? wished : REQUEST_HEADERS,
    'access-control-max-age',
    '600',
  ];
}
