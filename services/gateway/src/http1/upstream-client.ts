import type { Duplex, Readable } from 'node:stream';
import type { UpstreamError } from './upstream-error.ts';

/** One request as it leaves for an upstream. */
export interface UpstreamRequest {
  readonly method: string;
  /** Origin-form, with the upstream's prefix. */
  readonly path: string;
  /** Flat pairs, names in lower case, with `host`; framing headers are the client's own. */
  readonly headers: readonly string[];
  readonly body: Buffer | Readable | null;
  /** Length of a streamed body; without it the request is chunked. */
  readonly bodyLength: number | undefined;
  /** Trailers of a chunked body, asked for at its end; flat pairs. */
  trailers?(): readonly string[];
  /** Not a kept connection: a repeated request must not meet a second dead one. */
  readonly fresh?: boolean;
  /** Until the head of the final answer, counted from the moment the request is complete. */
  readonly headTimeoutMs: number;
  /** Longest silence inside the answer's body, and of an upstream that does not read. */
  readonly idleTimeoutMs: number;
  /** From sending to the last byte, whatever happens; 0 for no such limit. */
  readonly totalTimeoutMs: number;
  /** Asks to switch protocols: `connection: upgrade` and this `upgrade` value are sent. */
  readonly upgrade?: string | undefined;
}

/**
 * What becomes of a request. After `onEnd`, `onUpgrade` or `onError` nothing more is called.
 * Exceptions thrown by a handler are faults of the gateway: the connection is destroyed and
 * `onError` gets them as `UPSTREAM_HANDLER_FAILED`.
 */
export interface ResponseHandler {
  /** An interim answer: 100, 102, 103. */
  onInformational(status: number, headers: string[]): void;
  /** The final answer; header names in lower case, flat pairs, in the order of the wire. */
  onHead(status: number, headers: string[]): void;
  /**
   * A piece of the body: `bytes` from `start` to `end`, without a copy. They are the handler's only
   * until it returns. False asks to stop reading until `resume`.
   */
  onData(bytes: Buffer, start: number, end: number): boolean;
  /** All that was read from the connection was handed over, and the answer goes on. */
  onReadEnd(): void;
  /** The body is complete; trailers as flat pairs, mostly none. */
  onEnd(trailers: readonly string[]): void;
  onError(error: UpstreamError): void;
  /** 101: the socket is the handler's from here on; `head` are bytes already read. */
  onUpgrade?(answer: { headers: string[]; socket: Duplex; head: Buffer }): void;
}

/** A request under way. */
export interface UpstreamCall {
  /** Destroys the connection at once, in every phase; nothing is called any more. */
  abort(): void;
  /** Goes on reading after `onData` returned false. */
  resume(): void;
  /** Lifts the limit of the whole time: the answer turned out to have no end of its own. */
  untimed(): void;
}

/** A pool of connections to one origin. */
export interface UpstreamClient {
  /** Sends, or queues until a connection is free. */
  send(request: UpstreamRequest, handler: ResponseHandler): UpstreamCall;
  /** Lets what is under way finish, then closes every connection. */
  close(): Promise<void>;
  /** Cuts everything. */
  destroy(): void;
}
