import { COLON, CR, isFieldByte, isToken, LF, SPACE, TAB } from '../http1/char-classes.ts';
import { trimmed } from '../http1/header-fields.ts';
import type { WholeMessage } from './whole-request.ts';

/** Half of what node:http takes: a longer head is its to read or to refuse. */
export const MAX_HEAD_BYTES = 8 * 1024;
/** A larger body is passed on while it comes. */
export const MAX_BODY_BYTES = 64 * 1024;

/** Everything so far is plain, and the end is still to come. */
export const MORE = 'more';
/** node:http has to read it: it is a stream, switches protocols, waits for a word of ours, or is wrong. */
export const OTHER = 'other';

const METHODS: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
]);
const LONGEST_METHOD = 7;
const VERSION = ' HTTP/1.1\r\n';
const SLASH = 0x2f;
const LENGTH = /^\d{1,6}$/;

type Outcome = typeof MORE | typeof OTHER;

/**
 * Reads one request that has only one meaning and lies whole in `bytes` from `from` up to `to`; its
 * body is a view of them. It never refuses: whatever is not of the plainest kind is `OTHER`, and
 * node:http's parser says what it is. So no request is read here that llhttp would read otherwise
 * (`read-whole-message.differential.test.ts`).
 */
export function readWholeMessage(
  bytes: Buffer,
  from: number,
  to = bytes.length,
): WholeMessage | Outcome {
  const text = bytes.toString('latin1', from, Math.min(to, from + MAX_HEAD_BYTES));
  const line = readStartLine(text);
  if (typeof line === 'string') return line;
  const fields = readFields(text, line.end);
  if (typeof fields === 'string') return fields;
  const bodyFrom = from + fields.end;
  const end = bodyFrom + fields.length;
  if (end > to) return MORE;
  return {
    method: line.method,
    target: line.target,
    rawHeaders: fields.raw,
    body: fields.length === 0 ? null : bytes.subarray(bodyFrom, end),
    keepAlive: fields.keepAlive,
    end,
  };
}

interface StartLine {
  readonly method: string;
  readonly target: string;
  /** Index behind it. */
  readonly end: number;
}

function readStartLine(text: string): StartLine | Outcome {
  const methodEnd = text.indexOf(' ');
  if (methodEnd < 0) return text.length > LONGEST_METHOD || !isTokens(text) ? OTHER : MORE;
  const method = text.slice(0, methodEnd);
  if (!METHODS.has(method)) return OTHER;
  const targetEnd = endOfTarget(text, methodEnd + 1);
  if (targetEnd === text.length) return moreOf(text);
  if (text.charCodeAt(methodEnd + 1) !== SLASH) return OTHER;
  const end = targetEnd + VERSION.length;
  if (text.startsWith(VERSION, targetEnd)) {
    return { method, target: text.slice(methodEnd + 1, targetEnd), end };
  }
  return VERSION.startsWith(text.slice(targetEnd, end)) ? moreOf(text) : OTHER;
}

/** A head that is longer than all that may be looked at is for node:http to refuse. */
function moreOf(text: string): Outcome {
  return text.length === MAX_HEAD_BYTES ? OTHER : MORE;
}

function isTokens(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (!isToken(text.charCodeAt(at))) return false;
  return true;
}

function endOfTarget(text: string, from: number): number {
  let at = from;
  while (at < text.length && isVisible(text.charCodeAt(at))) at += 1;
  return at;
}

function isVisible(code: number): boolean {
  return code > SPACE && code < 0x7f;
}

/** The header section and what it says about the message's framing. */
class Fields {
  readonly raw: string[] = [];
  /** Index behind the empty line. */
  end = 0;
  /** Of the body. */
  length = 0;
  keepAlive = true;
  #hasLength = false;
  #hasConnection = false;

  /** False when only node:http may read what it says. */
  add(name: string, value: string): boolean {
    this.raw.push(name, value);
    switch (name.length) {
      case 6:
      case 7:
      case 16:
      case 17: {
        return !NOT_PLAIN.has(name.toLowerCase());
      }
      case 10: {
        return name.toLowerCase() !== 'connection' || this.#takeConnection(value);
      }
      case 14: {
        return name.toLowerCase() !== 'content-length' || this.#takeLength(value);
      }
      default: {
        return true;
      }
    }
  }

  #takeLength(value: string): boolean {
    if (this.#hasLength || !LENGTH.test(value)) return false;
    this.#hasLength = true;
    this.length = Number(value);
    return this.length <= MAX_BODY_BYTES;
  }

  #takeConnection(value: string): boolean {
    if (this.#hasConnection) return false;
    this.#hasConnection = true;
    const option = value.toLowerCase();
    this.keepAlive = option !== 'close';
    return option === 'keep-alive' || option === 'close';
  }
}

/** They make a stream of the body, an exchange of the request, or two readings of the connection. */
const NOT_PLAIN: ReadonlySet<string> = new Set([
  ...['expect', 'upgrade', 'proxy-connection', 'transfer-encoding'],
]);

function readFields(text: string, from: number): Fields | Outcome {
  const fields = new Fields();
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === CR) {
      if (text.charCodeAt(at + 1) === LF) break;
      return at + 1 === text.length ? moreOf(text) : OTHER;
    }
    const nameEnd = endOfName(text, at);
    const valueEnd = nameEnd < 0 ? nameEnd : endOfValue(text, nameEnd + 1);
    if (valueEnd < 0) return valueEnd === PENDING ? moreOf(text) : OTHER;
    if (!fields.add(text.slice(at, nameEnd), trimmed(text, nameEnd + 1, valueEnd))) return OTHER;
    at = valueEnd + 2;
  }
  fields.end = at + 2;
  return fields;
}

/** The text ends before the line does; and there is something that no line may hold. */
const PENDING = -1;
const WRONG = -2;

/** Index of the colon. */
function endOfName(text: string, from: number): number {
  let at = from;
  while (isToken(text.charCodeAt(at))) at += 1;
  if (at === text.length) return PENDING;
  return at === from || text.charCodeAt(at) !== COLON ? WRONG : at;
}

/** Index of the CR of the line's end. */
function endOfValue(text: string, from: number): number {
  let at = from;
  while (isFieldByte(text.charCodeAt(at))) at += 1;
  if (at >= text.length - 1 && (at === text.length || text.charCodeAt(at) === CR)) return PENDING;
  if (text.charCodeAt(at) !== CR || text.charCodeAt(at + 1) !== LF) return WRONG;
  // Readers differ on a tab behind a value, and it is rare: llhttp's.
  return text.charCodeAt(at - 1) === TAB ? WRONG : at;
}
