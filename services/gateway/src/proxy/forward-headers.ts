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
  'fastly-client-ip',
  'forwarded',
  'host',
  'max-forwards',
  'traceparent',
  'true-client-ip',
  'via',
  'x-api-key',
  'x-client-ip',
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

/**
 * Request headers for the upstream as flat pairs: the client's without what must not pass, then the
 * gateway's own, so that no nomination and no spelling can remove or precede them.
 */
export function requestHeaders(raw: readonly string[], own: readonly string[]): string[] {
  const nominated = nominatedBy(raw);
  const forwarded: string[] = [];
  let via = '1.1 omni-gateway';
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    const value = raw[i + 1] ?? '';
    if (name === 'via') via = `${value}, ${via}`;
    else if (passesFromClient(name) && !nominated?.has(name)) forwarded.push(name, value);
  }
  forwarded.push('via', via, ...own);
  return forwarded;
}

/** Response headers for the client as flat pairs; repeated ones (Set-Cookie) stay separate. */
export function responseHeaders(raw: readonly (Buffer | string)[]): string[] {
  const pairs: string[] = [];
  for (const item of raw) pairs.push(typeof item === 'string' ? item : item.toString('latin1'));
  const nominated = nominatedBy(pairs);
  const passed: string[] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const name = (pairs[i] ?? '').toLowerCase();
    const value = pairs[i + 1] ?? '';
    if (name === REVISION) passed.push(UPSTREAM_REVISION, value);
    else if (passesFromUpstream(name) && !nominated?.has(name)) passed.push(name, value);
  }
  return passed;
}

function passesFromClient(name: string): boolean {
  // CGI-style servers read `x_api_key` as `x-api-key`: the same rules for both spellings.
  const plain = name.includes('_') ? name.replaceAll('_', '-') : name;
  if (NOT_FROM_CLIENTS.has(plain)) return false;
  return !plain.startsWith('x-omni-') && !plain.startsWith('x-forwarded-');
}

function passesFromUpstream(name: string): boolean {
  if (NOT_FROM_UPSTREAM.has(name)) return false;
  return !name.startsWith('x-omni-') && !name.startsWith('access-control-');
}

/** What Connection may say without nominating; content-length stays, dropping it breaks framing. */
const NOT_NOMINATED = new Set(['', 'keep-alive', 'close', 'content-length']);

/** Names of headers that Connection nominates as of this hop only. */
function nominatedBy(pairs: readonly string[]): Set<string> | undefined {
  let nominated: Set<string> | undefined;
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const name = pairs[i];
    if (name?.length !== 10 || name.toLowerCase() !== 'connection') continue;
    const value = (pairs[i + 1] ?? '').toLowerCase();
    // What nearly every message says: nothing is nominated.
    if (NOT_NOMINATED.has(value)) continue;
    const names = value.split(',').map((token) => token.trim());
    nominated = new Set([
      ...(nominated ?? []),
      ...names.filter((each) => !NOT_NOMINATED.has(each)),
    ]);
  }
  return nominated;
}
