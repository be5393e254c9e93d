import { Call } from './call.ts';
import { coarseClock, NEVER } from './coarse-clock.ts';
import type { Sweepable } from './coarse-clock.ts';
import { Connection } from './connection.ts';
import type { ConnectionOwner } from './connection.ts';
import type { Origin, SessionStore } from './open-socket.ts';
import { requestHead } from './request-head.ts';
import type {
  ResponseHandler,
  UpstreamCall,
  UpstreamClient,
  UpstreamRequest,
} from './upstream-client.ts';
import { UpstreamError } from './upstream-error.ts';

/** Bounds of a client; every one has a default. */
export interface Http1ClientOptions {
  readonly maxConnections?: number;
  /** Requests that may wait for a connection, and for how long. */
  readonly maxQueued?: number;
  readonly queueTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** Below the shortest keep-alive time in use (5 s), so that we close before the upstream does. */
  readonly idleTimeoutMs?: number;
  readonly ca?: string | undefined;
}

const DEFAULTS = {
  maxConnections: 128,
  maxQueued: 1_024,
  queueTimeoutMs: 2_000,
  connectTimeoutMs: 2_000,
  idleTimeoutMs: 4_000,
};
/** We stop using a connection this long before the upstream said that it would close it. */
const KEEP_ALIVE_MARGIN_MS = 1_000;

/**
 * HTTP/1.1 client of one origin for the data path: kept connections (the last one used first), at
 * most so many of them, a bounded queue when all are busy, no pipelining, no redirects, no retries.
 */
export class Http1Client implements UpstreamClient, ConnectionOwner, Sweepable {
  readonly origin: Origin;
  readonly sessions: SessionStore = { session: undefined };
  readonly connectTimeoutMs: number;
  readonly #options: typeof DEFAULTS;
  readonly #connections = new Set<Connection>();
  readonly #idle: Connection[] = [];
  readonly #queue: Call[] = [];
  #closed = false;
  #onEmpty: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(url: string, options: Http1ClientOptions = {}) {
    const { protocol, hostname, port } = new URL(url);
    const tls = protocol === 'https:';
    // Brackets belong to the URL, not to the address.
    const host = hostname.replace(/^\[|\]$/g, '');
    this.origin = { tls, host, port: Number(port || (tls ? 443 : 80)), ca: options.ca };
    this.#options = { ...DEFAULTS, ...options };
    this.connectTimeoutMs = this.#options.connectTimeoutMs;
  }

  /** Open connections and waiting requests, for metrics. */
  get load(): { connections: number; idle: number; queued: number } {
    const { size } = this.#connections;
    return { connections: size, idle: this.#idle.length, queued: this.#queue.length };
  }

  send(request: UpstreamRequest, handler: ResponseHandler): UpstreamCall {
    const call = new Call(request, handler);
    try {
      call.head = requestHead(request);
    } catch (error) {
      failLater(call, error as UpstreamError);
      return call;
    }
    if (this.#closed) failLater(call, new UpstreamError('UPSTREAM_CLOSED', 'The client is closed'));
    else this.#place(call);
    return call;
  }

  close(): Promise<void> {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
    if (this.#connections.size === 0) return Promise.resolve();
    this.#closing ??= new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    return this.#closing;
  }

  destroy(): void {
    this.#closed = true;
    for (const call of this.#queue.splice(0)) {
      call.fail(new UpstreamError('UPSTREAM_CLOSED', 'The client is closed'));
    }
    for (const connection of this.#connections) {
      connection.fail('UPSTREAM_CLOSED', 'The client is closed');
    }
  }

  free(connection: Connection, keepAliveMs: number): void {
    const next = this.#nextQueued();
    if (next !== undefined) {
      if (needsNew(next)) {
        connection.destroy();
        this.#open(next);
      } else {
        connection.send(next);
      }
      return;
    }
    const kept = this.#keepFor(keepAliveMs);
    if (this.#closed || kept <= 0) {
      connection.destroy();
      return;
    }
    connection.deadline = coarseClock.after(kept);
    this.#idle.push(connection);
  }

  closed(connection: Connection): void {
    this.#connections.delete(connection);
    const at = this.#idle.lastIndexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    const next = this.#nextQueued();
    if (next !== undefined) this.#open(next);
    else if (this.#connections.size === 0) {
      coarseClock.leave(this);
      this.#onEmpty?.();
    }
  }

  sweep(tick: number): void {
    for (const connection of this.#connections) connection.checkDeadline(tick);
    while (this.#queue[0]?.over === true || (this.#queue[0]?.deadline ?? NEVER) <= tick) {
      this.#queue
        .shift()
        ?.fail(new UpstreamError('UPSTREAM_QUEUE_TIMEOUT', 'No connection became free in time'));
    }
  }

  #place(call: Call): void {
    if (!needsNew(call)) {
      const kept = this.#idle.pop();
      if (kept !== undefined) {
        kept.send(call);
        return;
      }
    }
    if (this.#connections.size < this.#options.maxConnections) {
      this.#open(call);
      return;
    }
    // One that must be new takes the place of the connection that was idle the longest.
    const oldest = this.#idle.shift();
    if (oldest !== undefined) {
      oldest.destroy();
      this.#open(call);
    } else if (this.#queue.length < this.#options.maxQueued) {
      call.deadline = coarseClock.after(this.#options.queueTimeoutMs);
      this.#queue.push(call);
    } else {
      failLater(call, new UpstreamError('UPSTREAM_QUEUE_FULL', 'Too many requests wait'));
    }
  }

  #open(call: Call): void {
    coarseClock.join(this);
    this.#connections.add(new Connection(this, call));
  }

  #nextQueued(): Call | undefined {
    let next = this.#queue.shift();
    while (next?.over === true) next = this.#queue.shift();
    return next;
  }

  #keepFor(keepAliveMs: number): number {
    const { idleTimeoutMs } = this.#options;
    return keepAliveMs < 0
      ? idleTimeoutMs
      : Math.min(idleTimeoutMs, keepAliveMs - KEEP_ALIVE_MARGIN_MS);
  }
}

function needsNew({ request }: Call): boolean {
  return request.fresh === true || request.upgrade !== undefined;
}

/** Not inside `send`: the caller has not got its call yet. */
function failLater(call: Call, error: UpstreamError): void {
  queueMicrotask(() => call.fail(error));
}
