import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { ClientResponse } from '../proxy/client-message.ts';
import { field, responseHead } from './response-head.ts';
import type { Framing } from './response-head.ts';

type Written = (error?: Error | null) => void;

const EMPTY = Buffer.alloc(0);

/** What an answer asks of its connection. */
export interface ResponseOwner {
  readonly socket: Socket;
  /** Seconds that the connection is kept after an answer; 0 when it is the last one. */
  keepAliveS(): number;
  /** The answer was given to the kernel whole. */
  answered(keepAlive: boolean): void;
}

/**
 * The answer to a whole request: what node:http's would write, with one write for an answer that is
 * known whole, and no stream, no timer and no queue of its own.
 */
export class FrontResponse extends EventEmitter implements ClientResponse {
  statusCode = 200;
  shouldKeepAlive = true;
  headersSent = false;
  destroyed = false;
  writableFinished = false;
  readonly #owner: ResponseOwner;
  readonly #isHead: boolean;
  /** The head, until it leaves with the first piece. */
  #head = '';
  #framing: Framing = 'none';
  #trailers = '';
  #ended = false;
  #keepAlive = false;

  constructor(owner: ResponseOwner, isHead: boolean) {
    super();
    this.#owner = owner;
    this.#isHead = isHead;
  }

  writeHead(status: number, headers: readonly string[]): void {
    const keepAliveS = this.shouldKeepAlive ? this.#owner.keepAliveS() : 0;
    const head = responseHead({ status, headers, isHead: this.#isHead, keepAliveS });
    this.#head = head.text;
    this.#framing = head.framing;
    this.#keepAlive = keepAliveS > 0;
    this.statusCode = status;
    this.headersSent = true;
  }

  writeEarlyHints({ link }: { link: string[] }): void {
    const lines = link.map((value) => field('link', value)).join('');
    this.#send(`HTTP/1.1 103 Early Hints\r\n${lines}\r\n`);
  }

  addTrailers(trailers: readonly [string, string][]): void {
    for (const [name, value] of trailers) this.#trailers += field(name, value);
  }

  flushHeaders(): void {
    const head = this.#takeHead();
    if (head !== '') this.#send(head);
  }

  write(chunk: string | Buffer, how?: 'latin1' | Written): boolean {
    const written = typeof how === 'function' ? how : undefined;
    if (this.destroyed || this.#ended || this.#framing === 'none' || chunk.length === 0) {
      this.flushHeaders();
      written?.();
      return true;
    }
    const before = this.#takeHead() + this.#chunkStart(chunk, how === 'latin1');
    const after = this.#framing === 'chunked' ? '\r\n' : '';
    if (how === 'latin1') return this.#send(`${before}${chunk as string}${after}`);
    return this.#sendPieces(before, chunk, { after, written });
  }

  end(chunk?: string, encoding?: 'latin1' | 'utf8'): void {
    if (this.destroyed || this.#ended) return;
    const body = chunk === undefined || this.#framing === 'none' ? '' : chunk;
    if (body !== '' && encoding !== 'latin1') {
      this.write(body);
      this.#finish(this.#lastChunk());
    } else {
      const frame = this.#chunkStart(body, true);
      const close = frame === '' ? '' : '\r\n';
      this.#finish(this.#takeHead() + frame + body + close + this.#lastChunk());
    }
  }

  /** Breaks the connection: only that tells the client that the answer is not whole. */
  destroy(): void {
    this.destroyed = true;
    this.#owner.socket.destroy();
  }

  /** The connection is gone. */
  abandoned(): void {
    if (this.writableFinished) return;
    this.destroyed = true;
    this.emit('close');
  }

  #finish(rest: string): void {
    const { socket } = this.#owner;
    this.#ended = true;
    if (rest !== '') this.#send(rest);
    // Nearly always: the kernel took it at once.
    if (socket.writableLength === 0) this.#finished();
    else socket.write(EMPTY, () => this.#finished());
  }

  #finished(): void {
    if (this.destroyed || this.writableFinished) return;
    this.writableFinished = true;
    this.emit('close');
    this.#owner.answered(this.#keepAlive);
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    return head;
  }

  #chunkStart(chunk: string | Buffer, isLatin1: boolean): string {
    if (this.#framing !== 'chunked' || chunk.length === 0) return '';
    const length = isLatin1 ? chunk.length : Buffer.byteLength(chunk);
    return `${length.toString(16)}\r\n`;
  }

  #lastChunk(): string {
    return this.#framing === 'chunked' ? `0\r\n${this.#trailers}\r\n` : '';
  }

  #send(text: string): boolean {
    return this.#owner.socket.write(text, 'latin1');
  }

  #sendPieces(
    before: string,
    chunk: string | Buffer,
    { after, written }: { after: string; written: Written | undefined },
  ): boolean {
    const { socket } = this.#owner;
    socket.cork();
    if (before !== '') socket.write(before, 'latin1');
    let more = socket.write(chunk, written);
    if (after !== '') more = socket.write(after, 'latin1');
    socket.uncork();
    return more;
  }
}
