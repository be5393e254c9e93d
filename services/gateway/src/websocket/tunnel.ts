import type { Duplex } from 'node:stream';
import type { OpenStream, StreamEnd } from '../proxy/open-streams.ts';
import { closeFrame, FrameCursor } from './frame-cursor.ts';

/** RFC 6455 7.4.1: going away, policy violation. */
const CLOSE_CODES: Readonly<Record<StreamEnd, number>> = { draining: 1001, key_ended: 1008 };
/** How long the client may take to answer our close frame. */
const CLOSE_WAIT_MS: Readonly<Record<StreamEnd, number>> = { draining: 1_000, key_ended: 250 };
/** When one side has ended, the other may finish what it was sending. */
const HALF_OPEN_MS = 5_000;

export interface TunnelParts {
  client: Duplex;
  upstream: Duplex;
  /** Silence of both sides after which the connection is closed. */
  idleMs: number;
  /** Bytes that went to the client. */
  sent: (bytes: number) => void;
  /** Both connections are closed. */
  closed: () => void;
}

/**
 * Two connections joined: bytes go both ways as they come, at the speed of the slower side. Frames
 * are followed but not changed, so that a close frame can be put between two of them.
 */
export class WebSocketTunnel implements OpenStream {
  readonly kind = 'websocket';
  readonly #parts: TunnelParts;
  readonly #down = new FrameCursor();
  readonly #up = new FrameCursor();
  #ending: StreamEnd | undefined;
  #closeSent = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #active = true;

  constructor(parts: TunnelParts) {
    this.#parts = parts;
  }

  /** Joins them; the heads are bytes that each side had sent already. */
  start(fromClient: Buffer, fromUpstream: Buffer): void {
    const { client, upstream, idleMs } = this.#parts;
    client.on('data', (chunk: Buffer) => this.#fromClient(chunk));
    upstream.on('data', (chunk: Buffer) => this.#fromUpstream(chunk));
    client.on('drain', () => upstream.resume());
    upstream.on('drain', () => client.resume());
    for (const [side, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      side.once('end', () => this.#halfClosed(other));
      side.on('error', () => this.destroy());
      side.once('close', () => this.destroy());
    }
    if (fromUpstream.length > 0) this.#fromUpstream(fromUpstream);
    if (fromClient.length > 0) this.#fromClient(fromClient);
    this.#timer = setInterval(() => this.#checkIdle(), idleMs).unref();
    client.resume();
    upstream.resume();
  }

  end(why: StreamEnd): void {
    if (this.#ending !== undefined || this.#closed) return;
    this.#ending = why;
    if (this.#up.atBoundary && !this.#up.closing) {
      this.#parts.upstream.write(closeFrame(CLOSE_CODES[why], true));
    }
    if (this.#down.atBoundary) this.#sendClose();
    clearInterval(this.#timer);
    this.#timer = setTimeout(() => this.destroy(), CLOSE_WAIT_MS[why]).unref();
  }

  /** Cuts both. */
  destroy(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#parts.client.destroy();
    this.#parts.upstream.destroy();
    this.#parts.closed();
  }

  #fromUpstream(chunk: Buffer): void {
    this.#active = true;
    if (this.#ending !== undefined) {
      // Our close frame waits for the end of the frame that the client is reading.
      if (this.#closeSent) return;
      const end = this.#down.advance(chunk, true);
      this.#toClient(chunk.subarray(0, end));
      if (this.#down.atBoundary) this.#sendClose();
      return;
    }
    this.#down.advance(chunk);
    if (!this.#toClient(chunk)) this.#parts.upstream.pause();
  }

  #fromClient(chunk: Buffer): void {
    this.#active = true;
    this.#up.advance(chunk);
    if (this.#ending !== undefined) {
      if (this.#up.closing && this.#closeSent) this.#parts.client.end();
      return;
    }
    if (!this.#parts.upstream.write(chunk)) this.#parts.client.pause();
  }

  #toClient(chunk: Buffer): boolean {
    this.#parts.sent(chunk.length);
    return this.#parts.client.write(chunk);
  }

  #sendClose(): void {
    this.#closeSent = true;
    const why = this.#ending ?? 'draining';
    if (!this.#down.closing) this.#toClient(closeFrame(CLOSE_CODES[why], false));
    // The client's own close frame may have come before ours.
    if (this.#up.closing) this.#parts.client.end();
  }

  #halfClosed(other: Duplex): void {
    other.end();
    if (this.#ending !== undefined) return;
    clearInterval(this.#timer);
    this.#timer = setTimeout(() => this.destroy(), HALF_OPEN_MS).unref();
  }

  #checkIdle(): void {
    if (this.#active) this.#active = false;
    else this.end('draining');
  }
}
