import type { Socket } from 'node:net';
import { isClosing, markClosing } from '../proxy/closing-socket.ts';
import { FrontResponse } from './front-response.ts';
import type { ResponseOwner } from './front-response.ts';
import type { ReadInPlace } from './read-in-place.ts';
import { MORE, OTHER, readWholeMessage } from './read-whole-message.ts';
import type { WholeMessage } from './whole-request.ts';
import { WholeRequest } from './whole-request.ts';

const EMPTY = Buffer.alloc(0);
/** What waits behind an unanswered request; more stays with the kernel. */
const MAX_WAITING_BYTES = 64 * 1024;

/** What a connection asks of its listener. */
export interface ConnectionHost {
  readonly readInPlace: ReadInPlace;
  /** Whether requests for a target may be served here. */
  serves(target: string): boolean;
  onRequest(request: WholeRequest, response: FrontResponse): void;
  /** Gives the connection to node:http, from these bytes on. */
  handOver(connection: FrontConnection, bytes: Buffer): void;
  /** The client left in the middle of a request. */
  onBrokenOff(socket: Socket): void;
  /** Begins, and ends, to wait for the rest of a request. */
  waiting(connection: FrontConnection, waits: boolean): void;
  closed(connection: FrontConnection): void;
  keepAliveS(): number;
}

/**
 * A client's connection as long as its requests are whole: one after the other, and what comes
 * meanwhile waits. The first that is something else goes to node:http, with all that follows it.
 */
export class FrontConnection implements ResponseOwner {
  readonly socket: Socket;
  /** Since when nothing is under way, by `performance.now()`. */
  idleSince = performance.now();
  /** It has had a request. */
  used = false;
  readonly #host: ConnectionHost;
  /** Bytes that were not read as a request yet. */
  #bytes: Buffer | null = null;
  #response: FrontResponse | undefined;
  #reading = false;
  #waits = false;
  #isReleased = false;

  constructor(socket: Socket, host: ConnectionHost) {
    this.socket = socket;
    this.#host = host;
    if (!host.readInPlace(socket, this.#onRead)) socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    socket.on('drain', this.#onDrain);
  }

  get idle(): boolean {
    return this.#response === undefined && this.#bytes === null;
  }

  keepAliveS(): number {
    return isClosing(this.socket) ? 0 : this.#host.keepAliveS();
  }

  answered(keepAlive: boolean): void {
    this.#response = undefined;
    this.idleSince = performance.now();
    if (!keepAlive) {
      this.#bytes = null;
      markClosing(this.socket);
      // What is on its way goes out first.
      this.socket.destroySoon();
      return;
    }
    if (this.#bytes === null || this.#reading) return;
    if (this.socket.isPaused()) this.socket.resume();
    this.#read();
  }

  /** Gives what there is to node:http; its time limits hold from here on. */
  handOver(): void {
    const bytes = this.#bytes;
    this.#bytes = null;
    this.release();
    this.#host.handOver(this, bytes ?? EMPTY);
  }

  /** Nothing that happens to the socket concerns this object any more. */
  release(): void {
    const { socket } = this;
    this.#isReleased = true;
    this.#setWaits(false);
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('error', this.#onError);
    socket.off('close', this.#onClose);
    socket.off('drain', this.#onDrain);
  }

  /** One whole request is served from where it lies; everything else is copied first. */
  readonly #onRead = (length: number, shared: Buffer): boolean => {
    if (this.#isReleased) return this.socket.push(copyOf(shared, length));
    const message = this.idle ? readWholeMessage(shared, 0, length) : MORE;
    if (!isAll(message, length) || isClosing(this.socket) || !this.#host.serves(message.target)) {
      this.#onData(copyOf(shared, length));
    } else if (message.body === null) this.#serve(message, null);
    else this.#serve({ ...message, body: Buffer.from(message.body) }, null);
    return true;
  };

  readonly #onData = (bytes: Buffer): void => {
    this.#bytes = this.#bytes === null ? bytes : Buffer.concat([this.#bytes, bytes]);
    if (this.#response === undefined) this.#read();
    else if (this.#bytes.length > MAX_WAITING_BYTES) this.socket.pause();
  };

  /** Requests that are there, until one is not answered at once. */
  #read(): void {
    this.#reading = true;
    while (this.#bytes !== null && this.#response === undefined) {
      const message = isClosing(this.socket) ? null : readWholeMessage(this.#bytes, 0);
      if (message === null) this.#bytes = null;
      else if (message === MORE) {
        this.#setWaits(true);
        break;
      } else if (message === OTHER || !this.#host.serves(message.target)) {
        this.handOver();
        break;
      } else this.#serve(message, restOf(this.#bytes, message.end));
    }
    this.#reading = false;
  }

  #serve(message: WholeMessage, rest: Buffer | null): void {
    this.#setWaits(false);
    this.used = true;
    this.#bytes = rest;
    const response = new FrontResponse(this, message.method === 'HEAD');
    response.shouldKeepAlive = message.keepAlive;
    this.#response = response;
    this.#host.onRequest(new WholeRequest(message, this.socket), response);
  }

  #setWaits(waits: boolean): void {
    if (waits === this.#waits) return;
    this.#waits = waits;
    this.#host.waiting(this, waits);
  }

  readonly #onDrain = (): void => {
    this.#response?.emit('drain');
  };

  /** A client that sends no more reads no more: nobody could tell it from one that left. */
  readonly #onEnd = (): void => {
    if (this.#waits) {
      this.release();
      this.socket.on('error', () => this.socket.destroy());
      this.#host.closed(this);
      this.#host.onBrokenOff(this.socket);
    } else this.socket.end();
  };

  readonly #onError = (): void => {
    this.socket.destroy();
  };

  readonly #onClose = (): void => {
    this.#setWaits(false);
    this.#host.closed(this);
    this.#response?.abandoned();
  };
}

function copyOf(shared: Buffer, length: number): Buffer {
  return Buffer.from(shared.subarray(0, length));
}

function restOf(bytes: Buffer, from: number): Buffer | null {
  return from === bytes.length ? null : bytes.subarray(from);
}

/** A request, and nothing behind it. */
function isAll(message: ReturnType<typeof readWholeMessage>, end: number): message is WholeMessage {
  return typeof message !== 'string' && message.end === end;
}
