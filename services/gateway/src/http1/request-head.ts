import { isFieldByte, isToken, SPACE } from './char-classes.ts';
import { HeadWriter } from './head-writer.ts';
import type { UpstreamRequest } from './upstream-client.ts';
import { UpstreamError } from './upstream-error.ts';

/** Headers that decide where a message ends or who holds the connection: only we write them. */
const OWN_FRAMING = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'keep-alive',
  'expect',
]);

const writer = new HeadWriter();

/**
 * The head of a request as text (latin1). Nothing in it can start another line or another request:
 * names are tokens, values hold no control bytes, the target no space. Throws on anything else.
 */
export function requestHead(request: UpstreamRequest): string {
  const { method, path, headers } = request;
  checkLine(method, path);
  writer.begin();
  writer.text(method);
  writer.text(' ');
  writer.text(path);
  writer.text(' HTTP/1.1\r\n');
  writeFields(headers);
  writer.text(framingLines(request));
  return writer.take();
}

/** The last chunk with trailers; their names and values are checked like headers. */
export function lastChunk(trailers: readonly string[]): string {
  writer.begin();
  writer.text('0\r\n');
  writeFields(trailers);
  writer.text('\r\n');
  return writer.take();
}

function writeFields(pairs: readonly string[]): void {
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const name = pairs[i] ?? '';
    if (isFramingLength(name.length) && OWN_FRAMING.has(name.toLowerCase())) {
      throw invalidRequest(`a ${name} header`);
    }
    const wrong = writer.field(name, pairs[i + 1] ?? '');
    if (wrong !== undefined) throw invalidRequest(`a header ${wrong}`);
  }
}

function framingLines({ method, body, bodyLength, upgrade }: UpstreamRequest): string {
  if (upgrade !== undefined) {
    checkValue(upgrade);
    return `connection: upgrade\r\nupgrade: ${upgrade}\r\n\r\n`;
  }
  if (body === null) {
    // A body was possible: say that there is none (RFC 9110 8.6).
    return method === 'POST' || method === 'PUT' || method === 'PATCH'
      ? 'content-length: 0\r\n\r\n'
      : '\r\n';
  }
  const length = Buffer.isBuffer(body) ? body.length : bodyLength;
  return length === undefined
    ? 'transfer-encoding: chunked\r\n\r\n'
    : `content-length: ${length}\r\n\r\n`;
}

function checkLine(method: string, path: string): void {
  if (!isTokenText(method)) throw invalidRequest('the method');
  if (path !== '*' && !path.startsWith('/')) throw invalidRequest('the target');
  for (let at = 0; at < path.length; at += 1) {
    if (!isTargetByte(path.charCodeAt(at))) throw invalidRequest('the target');
  }
}

function isTokenText(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (!isToken(text.charCodeAt(at))) return false;
  }
  return text !== '';
}

function isTargetByte(code: number): boolean {
  return code > SPACE && code < 0x7f;
}

function checkValue(value: string): void {
  for (let at = 0; at < value.length; at += 1) {
    if (!isFieldByte(value.charCodeAt(at))) throw invalidRequest('a header value');
  }
}

/** Lengths first: a lookup for each name would cost more than all the rest. */
function isFramingLength(length: number): boolean {
  return length === 6 || length === 7 || length === 10 || length === 14 || length === 17;
}

function invalidRequest(what: string): UpstreamError {
  return new UpstreamError('UPSTREAM_REQUEST_INVALID', `The request may not be sent: ${what}`);
}
