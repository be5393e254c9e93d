import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { lastChunk } from './request-head.ts';
import type { UpstreamRequest } from './upstream-client.ts';
import type { UpstreamErrorCode } from './upstream-error.ts';
import { UpstreamError } from './upstream-error.ts';

/** For a source that fails when nobody asks for it any more. */
const ignore = (): void => undefined;

/** What a body being sent reports. */
export interface BodyEvents {
  /** All of it was given to the socket. */
  sent(): void;
  /** The socket takes no more for now, or takes more again. */
  blocked(blocked: boolean): void;
  failed(error: UpstreamError): void;
}

/**
 * Passes a stream on as the body of a request: no faster than the socket takes it, in chunks when
 * its length is unknown, and never more or less than a length that was announced.
 */
export class RequestBody {
  readonly #source: Readable;
  readonly #socket: Socket;
  readonly #request: UpstreamRequest;
  readonly #events: BodyEvents;
  #left: number;
  #over = false;

  constructor(
    source: Readable,
    to: { socket: Socket; request: UpstreamRequest },
    events: BodyEvents,
  ) {
    this.#source = source;
    this.#socket = to.socket;
    this.#request = to.request;
    this.#events = events;
    this.#left = to.request.bodyLength ?? -1;
  }

  start(): void {
    const source = this.#source;
    if (source.destroyed && !source.readableEnded) {
      // It broke off while there was no connection yet.
      this.#onClose();
      return;
    }
    source.on('data', this.#onData);
    source.once('end', this.#onEnd);
    // Stays: Node looks for a listener a tick before it emits; without one then, the process ends.
    source.on('error', ignore);
    source.once('error', this.#onError);
    source.once('close', this.#onClose);
    this.#socket.on('drain', this.#onDrain);
    source.resume();
  }

  /** Leaves the source alone: whoever gave it decides what becomes of the rest. */
  stop(): void {
    if (this.#over) return;
    this.#over = true;
    const source = this.#source;
    source.off('data', this.#onData);
    source.off('end', this.#onEnd);
    source.off('error', this.#onError);
    source.off('close', this.#onClose);
    this.#socket.off('drain', this.#onDrain);
    source.pause();
  }

  readonly #onData = (chunk: Buffer): void => {
    // Another listener of the same piece may have ended this.
    if (this.#over || chunk.length === 0) return;
    if (this.#write(chunk)) return;
    this.#source.pause();
    this.#events.blocked(true);
  };

  #write(chunk: Buffer): boolean {
    if (this.#request.bodyLength === undefined) {
      this.#socket.cork();
      this.#socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
      this.#socket.write(chunk);
      const more = this.#socket.write('\r\n', 'latin1');
      this.#socket.uncork();
      return more;
    }
    this.#left -= chunk.length;
    if (this.#left < 0) {
      this.#fail('UPSTREAM_REQUEST_INVALID', 'The body is longer than announced');
      return true;
    }
    return this.#socket.write(chunk);
  }

  readonly #onDrain = (): void => {
    this.#events.blocked(false);
    this.#source.resume();
  };

  readonly #onEnd = (): void => {
    if (this.#left > 0) {
      this.#fail('UPSTREAM_REQUEST_INVALID', 'The body is shorter than announced');
      return;
    }
    try {
      if (this.#request.bodyLength === undefined) {
        this.#socket.write(lastChunk(this.#request.trailers?.() ?? []), 'latin1');
      }
    } catch (error) {
      this.stop();
      this.#events.failed(error as UpstreamError);
      return;
    }
    this.stop();
    this.#events.sent();
  };

  readonly #onError = (error: Error): void => {
    this.stop();
    this.#events.failed(
      new UpstreamError('UPSTREAM_REQUEST_BODY_FAILED', 'The body could not be read', error),
    );
  };

  readonly #onClose = (): void => {
    this.#fail('UPSTREAM_REQUEST_BODY_FAILED', 'The body broke off');
  };

  #fail(code: UpstreamErrorCode, message: string): void {
    if (this.#over) return;
    this.stop();
    this.#events.failed(new UpstreamError(code, message));
  }
}
