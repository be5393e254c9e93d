import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** Valid for one connection only (RFC 9110, 7.6.1): never passed on. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
] as const;

function withoutHopByHop(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const result: OutgoingHttpHeaders = { ...headers };
  const named = headers.connection;
  if (named !== undefined && named !== 'keep-alive')
    for (const name of named.toLowerCase().split(',')) Reflect.deleteProperty(result, name.trim());
  for (const name of HOP_BY_HOP) Reflect.deleteProperty(result, name);
  return result;
}

/** Request headers for the instance: end to end ones, plus who asked. */
export function requestHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  const headers = withoutHopByHop(request.headers);
  const client = request.socket.remoteAddress ?? '127.0.0.1';
  const before = request.headers['x-forwarded-for'];
  headers['x-forwarded-for'] = before === undefined ? client : `${String(before)}, ${client}`;
  headers['x-forwarded-proto'] ??= 'http';
  if (request.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked';
  return headers;
}

/** Response headers for the client: end to end ones; repeated ones stay apart. */
export function responseHeaders(response: IncomingMessage): OutgoingHttpHeaders {
  return withoutHopByHop(response.headers);
}

/** The headers of an upgrade keep what makes it one. */
export function upgradeHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  const { upgrade } = request.headers;
  return { ...requestHeaders(request), connection: 'Upgrade', upgrade: upgrade ?? 'websocket' };
}
