import type { ClientHead } from './client-head.ts';
import type { ClientRequest } from './client-message.ts';
import type { Refusal } from './refusal.ts';
import { refusals } from './refusal.ts';
import type { RequestScope } from './request-scope.ts';

const MAX_TARGET_CHARS = 8_192;
const MAX_HEADERS = 100;

/** NUL, CR, LF, dot, slash or backslash, percent-encoded any number of times. */
const ENCODED_TRAP = /%(?:25)*(?:00|0[ad]|2[ef]|5c)/i;
const NOT_PLAIN = /[^\x21-\x7e]|[\\#]/;
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:\/|$)/;

/**
 * What node:http lets through and a gateway must not: two Hosts, ambiguous framing, bodies where
 * none belong, targets that two parsers read differently. Null when the request is acceptable.
 */
export function checkRequest(request: ClientRequest, head: ClientHead): Refusal | null {
  const target = request.url ?? '';
  // node:http also reads HTTP/0.9 (a request line without a version) and 2.0 in text.
  if (request.httpVersionMajor !== 1) return refusals.version;
  if (request.method === 'TRACE' || request.method === 'CONNECT') return refusals.method;
  if (target.length > MAX_TARGET_CHARS) return refusals.uriTooLong;
  if (request.rawHeaders.length > 2 * MAX_HEADERS) return refusals.tooManyHeaders;
  return checkMessage(request, head) ?? (isPlainTarget(target) ? null : refusals.target);
}

/** One Host, and one way to say where the body ends. */
function checkMessage(request: ClientRequest, head: ClientHead): Refusal | null {
  if (head.twoHosts) return refusals.doubleHost;
  if (head.host === undefined && request.httpVersionMinor > 0) return refusals.noHost;
  return checkFraming(request, head);
}

/** Whether the request target is an origin-form path that means the same to every parser. */
export function isPlainTarget(target: string): boolean {
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.slice(0, query);
  if (!path.startsWith('/') || NOT_PLAIN.test(target)) return false;
  return !ENCODED_TRAP.test(path) && !DOT_SEGMENT.test(path);
}

/** The headers that say where a request ends. */
export interface FramingHeaders {
  readonly 'content-length'?: string | undefined;
  readonly 'transfer-encoding'?: string | undefined;
}

/** Whether the framing headers announce a body. */
export function hasBody(headers: FramingHeaders): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  return length !== undefined && length !== '0';
}

/** Whether bytes of this request's body are still on their way. */
export function bodyPending(scope: Pick<RequestScope, 'streamed' | 'head'>): boolean {
  return scope.streamed !== undefined && !scope.streamed.request.complete && hasBody(scope.head);
}

function checkFraming(request: ClientRequest, head: ClientHead): Refusal | null {
  const encoding = head['transfer-encoding'];
  if (encoding !== undefined) {
    if (request.httpVersionMinor === 0 || encoding.toLowerCase() !== 'chunked') {
      return refusals.framing;
    }
    if (head['content-length'] !== undefined) return refusals.framing;
  }
  return null;
}

/** GET and HEAD with a body: some servers take it for the next request. Routes can allow it. */
export function hasUnexpectedBody(method: string, head: ClientHead): boolean {
  return (method === 'GET' || method === 'HEAD') && hasBody(head);
}
