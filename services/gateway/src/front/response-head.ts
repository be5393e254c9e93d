import { valueOf } from '../http1/flat-headers.ts';
import { HeadWriter } from '../http1/head-writer.ts';

const { STATUS_CODES } = process.getBuiltinModule('node:http');

/** How the end of an answer is told. */
export type Framing = 'none' | 'length' | 'chunked';

export interface HeadWish {
  readonly status: number;
  /** Flat pairs, names in lower case. */
  readonly headers: readonly string[];
  readonly isHead: boolean;
  /** Seconds that the connection stays usable, 0 when it ends. */
  readonly keepAliveS: number;
}

const writer = new HeadWriter();

/**
 * Head of an answer as text (latin1), with what node:http would add: date, connection, framing.
 * Throws on what no header may hold, so that nothing in it can start another line.
 */
export function responseHead({ status, headers, isHead, keepAliveS }: HeadWish): {
  text: string;
  framing: Framing;
} {
  const framing = framingOf(status, isHead, valueOf(headers, 'content-length') !== undefined);
  writer.begin();
  writer.text(statusLine(status));
  for (let i = 0; i + 1 < headers.length; i += 2) {
    writeField(headers[i] ?? '', headers[i + 1] ?? '');
  }
  if (valueOf(headers, 'date') === undefined) writer.text(dateLine());
  writer.text(connectionLines(keepAliveS));
  writer.text(framing === 'chunked' ? 'transfer-encoding: chunked\r\n\r\n' : '\r\n');
  return { text: writer.take(), framing };
}

/** One header line; throws on what none may hold. */
export function field(name: string, value: string): string {
  writer.begin();
  writeField(name, value);
  return writer.take();
}

function writeField(name: string, value: string): void {
  const wrong = writer.field(name, value);
  if (wrong === 'name') throw new TypeError('Not the name of a header');
  if (wrong === 'value') throw new TypeError(`Not a value of ${name}`);
}

/** No body after HEAD, 204 and 304, whatever the headers say (RFC 9112 6.3). */
function framingOf(status: number, isHead: boolean, hasLength: boolean): Framing {
  if (isHead || status === 204 || status === 304) return 'none';
  return hasLength ? 'length' : 'chunked';
}

const statusLines = new Map<number, string>();

function statusLine(status: number): string {
  let line = statusLines.get(status);
  if (line === undefined) {
    if (!Number.isInteger(status) || status < 100 || status > 999) {
      throw new RangeError(`Not a status: ${status}`);
    }
    line = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
    statusLines.set(status, line);
  }
  return line;
}

let keptFor = 0;
let keptLines = '';

function connectionLines(keepAliveS: number): string {
  if (keepAliveS === 0) return 'connection: close\r\n';
  if (keepAliveS !== keptFor) {
    keptFor = keepAliveS;
    keptLines = `connection: keep-alive\r\nkeep-alive: timeout=${keepAliveS}\r\n`;
  }
  return keptLines;
}

let dateSecond = 0;
let dateText = '';

function dateLine(): string {
  const second = Math.floor(Date.now() / 1_000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = `date: ${new Date(second * 1_000).toUTCString()}\r\n`;
  }
  return dateText;
}
