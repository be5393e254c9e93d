/**
 * A strict reader of HTTP/1.1 messages, on purpose a different program than any parser that the
 * gateway uses. Upstreams and clients of the tests read with it, so that whatever the gateway
 * writes is judged by RFC 9112 to the letter; and it says which requests a byte sequence holds at
 * most, which is what no gateway may exceed.
 */
export interface StrictMessage {
  /** The three parts of the start line. */
  start: readonly [string, string, string];
  /** Lower-case names, values without surrounding white space, in order. */
  headers: readonly (readonly [string, string])[];
  body: Buffer;
  trailers: readonly (readonly [string, string])[];
  /** Where the next message begins. */
  end: number;
}

/** Why bytes are no message. */
export class NotHttp extends Error {}

/** Null: more bytes are needed. */
export type Reading = StrictMessage | null;

const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e]+) (HTTP\/1\.[01])$/;
const STATUS_LINE = /^(HTTP\/1\.1) ([1-9][0-9][0-9]) ([\t \x21-\x7e\x80-\xff]*)$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t \x21-\x7e\x80-\xff]*)$/;
const DIGITS = /^\d{1,15}$/;
const CHUNK_SIZE = /^0*([0-9A-Fa-f]{1,13})(?:[\t ]*;[\t \x21-\x7e\x80-\xff]*)?$/;
const HEAD_END = Buffer.from('\r\n\r\n');
const EMPTY = Buffer.alloc(0);

/** How requests are written; looser where node:http is judged by what it is known to take. */
export interface RequestForm {
  line: RegExp;
  /** Length of the empty lines that begin at `from`. */
  skip: (bytes: Buffer, from: number) => number;
}

const STRICT_FORM: RequestForm = { line: REQUEST_LINE, skip: emptyLines };

function emptyLines(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 13 && bytes[at + 1] === 10) at += 2;
  return at - from;
}

/** The request that begins at `from`. Empty lines before it are skipped (RFC 9112 2.2). */
export function readRequest(bytes: Buffer, from = 0, form = STRICT_FORM): Reading {
  const head = readHead(bytes, from + form.skip(bytes, from), form.line);
  if (head === null) return null;
  const hosts = valuesOf(head, 'host');
  if (head.start[2] === 'HTTP/1.1' && hosts.length !== 1) throw new NotHttp('not one Host');
  if (hosts.length > 1) throw new NotHttp('two Hosts');
  return readBody(bytes, head, requestFraming(head));
}

export interface AnswerOptions {
  /** The request was a HEAD. */
  head?: boolean;
  /** The sender closed: a body without a length is complete. */
  closed?: boolean;
  /** What a status line looks like, where more is allowed than HTTP/1.1. */
  line?: RegExp;
}

/** The answer (interim ones too) that begins at `from`. */
export function readAnswer(bytes: Buffer, from = 0, options: AnswerOptions = {}): Reading {
  const head = readHead(bytes, from, options.line ?? STATUS_LINE);
  if (head === null) return null;
  if (isBodyless(head, options)) return { ...head, body: EMPTY, trailers: [] };
  const framing = framingOf(head);
  if (hasFraming(head)) return readBody(bytes, head, framing);
  if (options.closed !== true) return null;
  return { ...head, body: bytes.subarray(head.end), trailers: [], end: bytes.length };
}

function isBodyless(head: Head, options: AnswerOptions): boolean {
  const status = Number(head.start[1]);
  if (status < 200 && hasFraming(head)) throw new NotHttp('an interim answer with a body');
  return options.head === true || status < 200 || status === 204 || status === 304;
}

const hasFraming = (head: Head): boolean =>
  head.headers.some(([name]) => name === 'content-length' || name === 'transfer-encoding');

/** Values of one header. */
export function valuesOf({ headers }: Pick<StrictMessage, 'headers'>, name: string): string[] {
  return headers.filter(([each]) => each === name).map(([, value]) => value);
}

type Head = Pick<StrictMessage, 'start' | 'headers' | 'end'>;

function readHead(bytes: Buffer, from: number, startLine: RegExp): Head | null {
  const end = bytes.indexOf(HEAD_END, from);
  if (end < 0) return null;
  const [first = '', ...fields] = bytes.toString('latin1', from, end).split('\r\n');
  const start = startLine.exec(first);
  if (start === null) throw new NotHttp(`start line ${JSON.stringify(first)}`);
  return {
    start: [start[1] ?? '', start[2] ?? '', start[3] ?? ''],
    headers: fields.map(readField),
    end: end + 4,
  };
}

function readField(line: string): readonly [string, string] {
  const field = FIELD.exec(line);
  if (field === null) throw new NotHttp(`field ${JSON.stringify(line)}`);
  return [(field[1] ?? '').toLowerCase(), (field[2] ?? '').replace(/[\t ]+$/, '')];
}

/** Length of the body, or 'chunked'. */
type Framing = number | 'chunked';

function requestFraming(head: Head): Framing {
  const framing = framingOf(head);
  if (framing === 'chunked' && head.start[2] === 'HTTP/1.0') throw new NotHttp('chunks in 1.0');
  return framing;
}

function framingOf(head: Head): Framing {
  const lengths = valuesOf(head, 'content-length');
  const encodings = valuesOf(head, 'transfer-encoding');
  if (encodings.length === 0) {
    const [length = '0'] = lengths;
    if (lengths.length > 1 || !DIGITS.test(length)) throw new NotHttp('content-length');
    return Number(length);
  }
  if (lengths.length > 0) throw new NotHttp('both framings');
  if (encodings.length > 1 || encodings[0]?.toLowerCase() !== 'chunked') {
    throw new NotHttp('transfer-encoding');
  }
  return 'chunked';
}

function readBody(bytes: Buffer, head: Head, framing: Framing): Reading {
  if (framing === 'chunked') return readChunks(bytes, head);
  const end = head.end + framing;
  if (bytes.length < end) return null;
  return { ...head, body: bytes.subarray(head.end, end), trailers: [], end };
}

function readChunks(bytes: Buffer, head: Head): Reading {
  const pieces: Buffer[] = [];
  let at = head.end;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = CHUNK_SIZE.exec(bytes.toString('latin1', at, lineEnd));
    if (size === null) throw new NotHttp('chunk size');
    const length = Number.parseInt(size[1] ?? '', 16);
    at = lineEnd + 2;
    if (length === 0) return readTrailers(bytes, head, { at, body: Buffer.concat(pieces) });
    if (bytes.length < at + length + 2) return null;
    if (bytes[at + length] !== 13 || bytes[at + length + 1] !== 10) throw new NotHttp('chunk end');
    pieces.push(bytes.subarray(at, at + length));
    at += length + 2;
  }
}

function readTrailers(
  bytes: Buffer,
  head: Head,
  { at, body }: { at: number; body: Buffer },
): Reading {
  if (bytes.length < at + 2) return null;
  if (bytes[at] === 13 && bytes[at + 1] === 10) return { ...head, body, trailers: [], end: at + 2 };
  const end = bytes.indexOf(HEAD_END, at);
  if (end < 0) return null;
  const trailers = bytes.toString('latin1', at, end).split('\r\n').map(readField);
  return { ...head, body, trailers, end: end + 4 };
}
