import { request } from 'node:http';
import { Duplex } from 'node:stream';
import { ResponseParser } from '../response-parser.ts';

/** What a reader made of an answer. */
export interface Reading {
  status: number;
  /** Flat pairs, names in lower case. */
  headers: string[];
  body: string;
  trailers: string[];
  /** It ended where an answer may end. */
  complete: boolean;
  interim: number[];
  excess: boolean;
}

export function emptyReading(): Reading {
  return {
    ...{ status: 0, headers: [], body: '', trailers: [] },
    ...{ complete: false, interim: [], excess: false },
  };
}

/** Our parser's reading of bytes that come in pieces and end with the connection; or its error. */
export function readOurs(pieces: readonly Buffer[], method = 'GET'): Reading | Error {
  const reading = emptyReading();
  const parser: ResponseParser = new ResponseParser({
    onInterim: (status) => void reading.interim.push(status),
    onHead(head) {
      reading.status = head.status;
      reading.headers = head.headers;
    },
    onBody: (bytes, start, end) => void (reading.body += bytes.toString('latin1', start, end)),
    onComplete(trailers, excess) {
      reading.complete = true;
      reading.trailers = [...trailers];
      reading.excess = excess;
    },
    onSwitch: () => parser.stop(),
  });
  parser.expect(method, false);
  try {
    for (const piece of pieces) {
      if (reading.complete) reading.excess ||= piece.length > 0;
      // A copy: the parser moves bytes within what it reads.
      else parser.execute(Buffer.from(piece), piece.length);
    }
    if (!reading.complete) parser.end();
  } catch (error) {
    return error as Error;
  }
  return reading;
}

/** node:http's reading of the same bytes (llhttp); or its error. */
export function readNode(bytes: Buffer, method = 'GET'): Promise<Reading | Error> {
  return new Promise((resolve) => {
    const reading = emptyReading();
    const socket = new Duplex({
      read: () => undefined,
      write(_chunk, _encoding, done) {
        done();
        // The request is out: the answer, and the end of the connection.
        if (bytes.length > 0) this.push(bytes);
        this.push(null);
      },
    });
    const sent = request({ method, createConnection: () => socket });
    sent.on('information', ({ statusCode }) => reading.interim.push(statusCode));
    sent.once('error', resolve);
    sent.once('upgrade', () => resolve(new Error('switched')));
    sent.once('response', (answer) => {
      reading.status = answer.statusCode ?? 0;
      reading.headers = answer.rawHeaders.map((text, i) =>
        i % 2 === 0 ? text.toLowerCase() : text,
      );
      answer.on('data', (chunk: Buffer) => (reading.body += chunk.toString('latin1')));
      answer.once('error', resolve);
      answer.once('end', () => {
        reading.complete = answer.complete;
        reading.trailers = answer.rawTrailers.map((text, i) =>
          i % 2 === 0 ? text.toLowerCase() : text,
        );
        resolve(reading);
      });
    });
    sent.end();
  });
}

/** Cuts bytes at the given places. */
export function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const pieces: Buffer[] = [];
  let from = 0;
  for (const to of [...at, bytes.length]) {
    if (to > from) pieces.push(bytes.subarray(from, to));
    from = to;
  }
  return pieces;
}
