import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FrontDrain } from '@omni/kit/drain-http-server.ts';
import { answerClientError } from '../proxy/client-error.ts';
import { markClosing } from '../proxy/closing-socket.ts';
import { FrontConnection } from './front-connection.ts';
import type { ConnectionHost } from './front-connection.ts';
import type { FrontResponse } from './front-response.ts';
import type { ReadInPlace } from './read-in-place.ts';
import type { WholeRequest } from './whole-request.ts';

/** A request that came in pieces is node:http's if it is not whole within this, or a little sooner. */
const WHOLE_WITHIN_MS = 100;
const SWEEP_MS = 1_000;

export interface FrontOptions {
  serves: (target: string) => boolean;
  onRequest: (request: WholeRequest, response: FrontResponse) => void;
  keepAliveTimeoutMs: number;
  /** A connection has so long for its first request. */
  headersTimeoutMs: number;
  readInPlace: ReadInPlace;
}

type Listener = (socket: Socket) => void;

/**
 * Stands before node:http's server: requests that come whole and are of the plainest kind are read
 * and answered here, for a fraction of the processor time; every connection that brings anything else
 * goes on to node:http from that request on. docs/decisions/0054-a-front-before-node-http.md.
 */
export class Front implements ConnectionHost, FrontDrain {
  readonly #server: Server;
  readonly #options: FrontOptions;
  readonly #serveByNode: Listener[];
  readonly #connections = new Set<FrontConnection>();
  readonly #waiting = new Set<FrontConnection>();
  #waitTimer: NodeJS.Timeout | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;
  #draining = false;

  constructor(server: Server, options: FrontOptions) {
    this.#server = server;
    this.#options = options;
    // Node's own way to give a server connections that it did not accept itself is this event.
    this.#serveByNode = server.listeners('connection') as Listener[];
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => this.#accept(socket));
  }

  beginDrain(): void {
    this.#draining = true;
  }

  closeIdle(): void {
    for (const connection of this.#connections) if (connection.idle) connection.socket.destroy();
  }

  serves(target: string): boolean {
    return this.#options.serves(target);
  }

  onRequest(request: WholeRequest, response: FrontResponse): void {
    this.#options.onRequest(request, response);
  }

  get readInPlace(): ReadInPlace {
    return this.#options.readInPlace;
  }

  keepAliveS(): number {
    return this.#draining ? 0 : Math.max(1, Math.floor(this.#options.keepAliveTimeoutMs / 1_000));
  }

  handOver(connection: FrontConnection, bytes: Buffer): void {
    const { socket } = connection;
    this.closed(connection);
    // Node's listeners take the bytes when the socket flows again, before anything newer is read.
    socket.pause();
    for (const listener of this.#serveByNode) listener.call(this.#server, socket);
    if (bytes.length > 0) socket.unshift(bytes);
    socket.resume();
  }

  onBrokenOff(socket: Socket): void {
    const error: NodeJS.ErrnoException = new Error('The connection ended inside a request');
    error.code = 'HPE_INVALID_EOF_STATE';
    answerClientError(error, socket);
  }

  closed(connection: FrontConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    clearInterval(this.#sweepTimer);
    this.#sweepTimer = undefined;
  }

  waiting(connection: FrontConnection, waits: boolean): void {
    if (!waits) {
      this.#waiting.delete(connection);
      return;
    }
    this.#waiting.add(connection);
    if (this.#waitTimer !== undefined) return;
    this.#waitTimer = setTimeout(() => this.#handOverWaiting(), WHOLE_WITHIN_MS).unref();
  }

  #accept(socket: Socket): void {
    this.#connections.add(new FrontConnection(socket, this));
    const { headersTimeoutMs } = this.#options;
    this.#sweepTimer ??= setInterval(
      () => this.#sweep(),
      Math.min(SWEEP_MS, headersTimeoutMs),
    ).unref();
  }

  #handOverWaiting(): void {
    this.#waitTimer = undefined;
    for (const connection of [...this.#waiting]) connection.handOver();
  }

  #sweep(): void {
    const now = performance.now();
    const { keepAliveTimeoutMs, headersTimeoutMs } = this.#options;
    for (const connection of this.#connections) {
      if (!connection.idle) continue;
      const idleMs = now - connection.idleSince;
      if (connection.used) {
        if (idleMs > keepAliveTimeoutMs) connection.socket.destroy();
      } else if (idleMs > headersTimeoutMs) this.#refuseSilent(connection);
    }
  }

  /** It was opened, and nothing came. */
  #refuseSilent(connection: FrontConnection): void {
    const { socket } = connection;
    const error: NodeJS.ErrnoException = new Error('No request came');
    error.code = 'ERR_HTTP_REQUEST_TIMEOUT';
    answerClientError(error, socket);
    markClosing(socket);
  }
}
