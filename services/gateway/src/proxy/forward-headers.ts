import type { ClientRequest } from './client-message.ts';
import { NameRules } from './name-rules.ts';
import { nominatedBy, removeNominated } from './nominated-headers.ts';

/** Names that end at this hop, both ways (RFC 9110 7.6.1), beside what Connection nominates. */
const HOP_BY_HOP = [
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** What a client must not tell the upstream: credentials, its own idea of its address, identity. */
const NOT_FROM_CLIENTS = new Set([
  ...HOP_BY_HOP,
  'authorization',
  'cf-connecting-ip',
  'client-ip',
  'content-length',
  'fastly-client-ip',
  'forwarded',
  'host',
  'max-forwards',
  'traceparent',
  'tracestate',
  'true-client-ip',
  'via',
  'x-api-key',
  'x-client-ip',
  'x-cloud-trace-context',
  'x-cluster-client-ip',
  'x-original-url',
  'x-real-ip',
  'x-request-id',
  'x-rewrite-url',
  'x-serverless-authorization',
]);

/** What an upstream must not tell clients: how it is built, and what the gateway answers itself. */
const NOT_FROM_UPSTREAM = new Set([...HOP_BY_HOP, 'server', 'x-powered-by', 'x-request-id']);

const REVISION = 'x-omni-revision';
const UPSTREAM_REVISION = 'x-omni-upstream-revision';

/** Trailers come after everything was decided: none may concern framing, routing, keys or caching. */
const NOT_IN_TRAILERS = new Set([
  'age',
  'cache-control',
  'cookie',
  'date',
  'expires',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'location',
  'range',
  'retry-after',
  'set-cookie',
  'vary',
  'www-authenticate',
]);

/** What a name becomes that does not pass. */
export const DROPPED = '';
const fromUpstream = new NameRules(upstreamName);

/** Headers of an answer (names in lower case) for the client as flat pairs; repeated ones (Set-Cookie) stay separate. */
export function responseHeaders(raw: readonly string[]): string[] {
  const passed: string[] = [];
  let connection = '';
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const as = fromUpstream.of(name);
    if (as !== DROPPED) passed.push(as, raw[i + 1] ?? '');
    else if (name === 'connection') connection = joined(connection, raw[i + 1] ?? '');
  }
  const nominated = nominatedBy(connection);
  if (nominated !== undefined) removeNominated(passed, 0, nominated);
  return passed;
}

/** Trailers of a request's body for the upstream, as flat pairs. */
export function trailersFromClient(raw: readonly string[]): string[] {
  return trailers(raw, clientName);
}

/** Trailers of an answer for the client, when it said that it reads them (`TE: trailers`). */
export function trailersFromUpstream(
  { headers }: Pick<ClientRequest, 'headers'>,
  raw: readonly string[],
): readonly [string, string][] {
  const accepts = String(headers['te'] ?? '').toLowerCase();
  if (!accepts.split(',').some((token) => token.trim() === 'trailers')) return [];
  const flat = trailers(raw, upstreamName);
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i] ?? '', flat[i + 1] ?? '']);
  return pairs;
}

function joined(before: string, value: string): string {
  return before === '' ? value : `${before},${value}`;
}

function trailers(raw: readonly string[], nameOf: (name: string) => string): string[] {
  const passed: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = nameOf(raw[i] ?? '');
    if (name === DROPPED || name.startsWith('content-') || NOT_IN_TRAILERS.has(name)) continue;
    passed.push(name, raw[i + 1] ?? '');
  }
  return passed;
}

/** The name towards the upstream; `DROPPED` when it must not pass. */
export function clientName(name: string): string {
  const lower = name.toLowerCase();
  // CGI-style servers read `x_api_key` as `x-api-key`: the same rules for both spellings.
  const plain = lower.replaceAll('_', '-');
  if (NOT_FROM_CLIENTS.has(plain)) return DROPPED;
  return plain.startsWith('x-omni-') || plain.startsWith('x-forwarded-') ? DROPPED : lower;
}

/** The name towards the client; `DROPPED` when it must not pass. */
function upstreamName(name: string): string {
  const lower = name.toLowerCase();
  if (lower === REVISION) return UPSTREAM_REVISION;
  if (NOT_FROM_UPSTREAM.has(lower)) return DROPPED;
  return lower.startsWith('x-omni-') || lower.startsWith('access-control-') ? DROPPED : lower;
}
