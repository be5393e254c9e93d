/** Longer messages have no honest use: the longest input of the contract is a few kB. */
const MAX_CHARS = 256 * 1024;

/** Types of the contract library's envelope; without one it is a request. */
const REQUEST = 1;
const EVENT = 3;
const ABORT = 4;

/**
 * May this message reach the contract library? Only a string that holds an envelope it can read:
 * anything else would end in an unhandled rejection in main (docs/decisions).
 */
export function isEnvelope(message: unknown): message is string {
  if (typeof message !== 'string' || message.length >= MAX_CHARS) return false;
  const envelope = parse(message);
  if (!isRecord(envelope) || typeof envelope['i'] !== 'string') return false;
  const type = envelope['t'] ?? REQUEST;
  if (type === ABORT) return true;
  if (type === EVENT) return isRecord(envelope['p']);
  return type === REQUEST && isRequest(envelope['p']);
}

function isRequest(payload: unknown): boolean {
  if (!isRecord(payload)) return false;
  const { u: url, h: headers, m: method } = payload;
  return (
    typeof url === 'string' &&
    URL.canParse(url, 'http://orpc') &&
    (headers === undefined || isRecord(headers)) &&
    (method === undefined || typeof method === 'string')
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller closes the port.
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
