import type { IncomingMessage } from 'node:http';

/** Valid for one connection only (RFC 9110, 7.6.1): never passed on. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * How long the body is and whom it is for: the body is passed on, so these have to say the same on
 * the next connection. Dropping one because the client asks would let its body count as a request.
 */
const NEVER_NOMINATED: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'host',
]);

/** Names and values in turn, as Node hands them over and takes them: the cheapest form. */
type FlatHeaders = string[];

function endToEnd(
  message: IncomingMessage,
  skip: (name: string) => boolean = () => false,
): FlatHeaders {
  const named = namedByConnection(message.headers.connection);
  const { rawHeaders } = message;
  const kept: FlatHeaders = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const key = name.toLowerCase();
    if (HOP_BY_HOP.has(key) || named?.includes(key) === true || skip(key)) continue;
    kept.push(name, rawHeaders[index + 1] ?? '');
  }
  return kept;
}

/** A Connection header may declare further headers to be hop by hop. */
function namedByConnection(value: string | undefined): string[] | null {
  if (value === undefined || value === 'keep-alive' || value === 'close') return null;
  return value
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => !NEVER_NOMINATED.has(name));
}

function isForwarded(name: string): boolean {
  return name === 'x-forwarded-for' || name === 'x-forwarded-proto';
}

/** Takes a header out of a request, so that it is not passed on. */
export function dropHeader({ rawHeaders }: IncomingMessage, name: string): void {
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2)
    if (rawHeaders[index]?.toLowerCase() === name) rawHeaders.splice(index, 2);
}

/** Request headers for the instance: end to end ones, plus who asked. */
export function requestHeaders(request: IncomingMessage): FlatHeaders {
  const headers = endToEnd(request, isForwarded);
  const client = request.socket.remoteAddress ?? '127.0.0.1';
  const before = request.headers['x-forwarded-for'];
  const proto = request.headers['x-forwarded-proto'] ?? 'http';
  headers.push('x-forwarded-for', before === undefined ? client : `${String(before)}, ${client}`);
  headers.push('x-forwarded-proto', String(proto));
  if (request.headers['transfer-encoding'] !== undefined)
    headers.push('transfer-encoding', 'chunked');
  return headers;
}

/** Response headers for the client: end to end ones; repeated ones stay apart. */
export function responseHeaders(response: IncomingMessage): FlatHeaders {
  return endToEnd(response);
}

/** A body follows the head of the request. */
export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length ?? '0') !== '0';
}

/**
 * Only a websocket is taken off the HTTP path. Whatever else a client would rather speak (h2c, TLS)
 * is an offer that a server may ignore, and its request is an ordinary one, with its body.
 */
export function isWebsocket(request: IncomingMessage): boolean {
  const { upgrade = '' } = request.headers;
  return upgrade.toLowerCase() === 'websocket' && request.method === 'GET' && !hasBody(request);
}

/** The headers of a websocket request keep what makes it one. */
export function upgradeHeaders(request: IncomingMessage): FlatHeaders {
  return [...requestHeaders(request), 'connection', 'Upgrade', 'upgrade', 'websocket'];
}
