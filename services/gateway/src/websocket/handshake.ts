import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { refusals } from '../proxy/refusal.ts';
import type { Refusal } from '../proxy/refusal.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/** Whether a request asks for a WebSocket; any other upgrade is ignored, as RFC 9110 7.8 allows. */
export function asksForWebSocket({ headers, method }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

/** What is wrong with a client's opening handshake (RFC 6455 4.2.1); null when nothing is. */
export function checkHandshake({ headers }: IncomingMessage): Refusal | null {
  if (headers['sec-websocket-version'] !== '13') return refusals.webSocketVersion;
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) return refusals.webSocketKey;
  const hasBody = headers['content-length'] !== undefined && headers['content-length'] !== '0';
  return hasBody || headers['transfer-encoding'] !== undefined ? refusals.unexpectedBody : null;
}

/**
 * Whether a 101 is the answer to this client's handshake: for its key, a protocol and extensions
 * that it offered. Anything else would switch both sides to something one of them doesn't speak.
 */
export function isOurSwitch(request: IncomingMessage, answer: readonly string[]): boolean {
  const { headers } = request;
  const accept = createHash('sha1')
    .update(`${headers['sec-websocket-key'] ?? ''}${GUID}`)
    .digest('base64');
  if (only(answer, 'upgrade')?.toLowerCase() !== 'websocket') return false;
  if (!tokens(only(answer, 'connection')).includes('upgrade')) return false;
  if (only(answer, 'sec-websocket-accept') !== accept) return false;
  const protocol = only(answer, 'sec-websocket-protocol');
  if (protocol !== undefined && !offered(headers['sec-websocket-protocol']).includes(protocol)) {
    return false;
  }
  const extensions = offered(headers['sec-websocket-extensions']);
  return offered(only(answer, 'sec-websocket-extensions')).every((name) =>
    extensions.includes(name),
  );
}

/** The one value of a header; undefined when it is missing, a value that fits nothing when twice. */
function only(pairs: readonly string[], name: string): string | undefined {
  let found: string | undefined;
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    if (pairs[i]?.toLowerCase() !== name) continue;
    if (found !== undefined) return '\u0000';
    found = pairs[i + 1];
  }
  return found;
}

function tokens(value: string | undefined): string[] {
  return (value ?? '').split(',').map((token) => token.trim().toLowerCase());
}

/** Names of a list without their parameters, as they were written. */
function offered(value: string | undefined): string[] {
  if (value === undefined) return [];
  return value.split(',').map((item) => (item.split(';')[0] ?? '').trim());
}
