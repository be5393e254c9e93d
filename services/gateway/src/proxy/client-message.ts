import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The head of a client's request, whoever read it: node:http, or `front/` where it came whole. All
 * but the admin API and a body that is still under way need no more than this.
 */
export interface ClientRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersion: string;
  readonly httpVersionMajor: number;
  readonly httpVersionMinor: number;
  /** Flat pairs as they came. */
  readonly rawHeaders: string[];
  /** By name in lower case; made on demand, so not to be touched on the way of each request. */
  readonly headers: IncomingHttpHeaders;
  readonly rawTrailers: string[];
  readonly socket: Socket;
}

type Written = (error?: Error | null) => void;

/** The answer to a client, whoever writes it: what node:http's answer and `front/` have in common. */
export interface ClientResponse {
  /** A connection goes on after this answer unless it is set to false before the head. */
  shouldKeepAlive: boolean;
  readonly statusCode: number;
  /** The head is decided. */
  readonly headersSent: boolean;
  /** The connection broke, or was broken, before the answer was whole. */
  readonly destroyed: boolean;
  /** The answer was given to the kernel whole. */
  readonly writableFinished: boolean;
  /** `headers` are flat pairs, names in lower case; throws on what no header may hold. */
  writeHead(status: number, headers: string[]): unknown;
  flushHeaders(): void;
  /** False when the client takes no more for now; `drain` follows. */
  write(chunk: string, encoding: 'latin1'): boolean;
  write(chunk: string | Buffer, written?: Written): boolean;
  end(): unknown;
  end(chunk: string, encoding: 'latin1' | 'utf8'): unknown;
  addTrailers(trailers: readonly [string, string][]): void;
  writeEarlyHints(hints: { link: string[] }): void;
  destroy(): unknown;
  /** `close` comes once, after the answer or instead of it. */
  on(event: 'close', listener: () => void): unknown;
  once(event: 'close' | 'drain', listener: () => void): unknown;
}

/** A request that node:http reads: its body, if it has one, is a stream. */
export interface StreamedMessage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}
