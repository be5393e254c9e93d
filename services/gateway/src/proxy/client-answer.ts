import { valueOf } from '../http1/flat-headers.ts';
import { endLingering } from './answer.ts';
import type { ClientResponse, StreamedMessage } from './client-message.ts';
import { responseHeaders, trailersFromUpstream } from './forward-headers.ts';
import { bodyPending } from './request-checks.ts';
import type { RequestScope } from './request-scope.ts';
import { giveBack, takeSlab } from './slabs.ts';

/** Larger first pieces are cheaper to pass on as they are. */
const JOIN_UP_TO = 16 * 1024;
/** Smaller pieces are copied to Node's own pool. */
const SLAB_FROM = 4 * 1024;
const NO_TRAILERS: readonly [string, string][] = [];

/**
 * The upstream's answer on its way to the client. Head and first piece are held until the upstream's
 * read is over: a small answer that came whole leaves in one write, an event at once.
 */
export class ClientAnswer {
  readonly #scope: RequestScope;
  readonly #response: ClientResponse;
  readonly #onWritable: () => void;
  #status = 0;
  #headers: string[] = [];
  #held: string | undefined;
  #headWritten = false;
  #hasLength = false;
  #waiting = false;
  /** It has no end of its own. */
  isEventStream = false;

  /** `onWritable`: the client takes more again. */
  constructor(scope: RequestScope, onWritable: () => void) {
    this.#scope = scope;
    this.#response = scope.response;
    this.#onWritable = onWritable;
  }

  /** Whether a byte of the answer may have left. */
  get started(): boolean {
    return this.#response.headersSent;
  }

  head(status: number, headers: string[]): void {
    this.#status = status;
    this.#headers = responseHeaders(headers);
    this.#hasLength = valueOf(this.#headers, 'content-length') !== undefined;
    if (!this.#hasLength) this.isEventStream = isEventStream(this.#headers);
  }

  /** False when the client takes no more for now. The bytes are copied. */
  data(bytes: Buffer, start: number, end: number): boolean {
    this.#scope.bytesSent += end - start;
    if (!this.#headWritten && this.#held === undefined && end - start <= JOIN_UP_TO) {
      // Node joins a head with a latin1 string into one write; with a buffer it would be two.
      this.#held = bytes.toString('latin1', start, end);
      return true;
    }
    this.flush();
    const taken = this.#write(bytes, start, end);
    if (taken || this.#waiting) return taken;
    this.#waiting = true;
    this.#response.once('drain', () => {
      this.#waiting = false;
      this.#onWritable();
    });
    return false;
  }

  #write(bytes: Buffer, start: number, end: number): boolean {
    const response = this.#response;
    if (end - start < SLAB_FROM) return response.write(Buffer.from(bytes.subarray(start, end)));
    const slab = takeSlab(bytes, start, end);
    return response.write(slab.subarray(0, end - start), () => giveBack(slab));
  }

  /** Sends what is held. */
  flush(): void {
    const written = this.#headWritten;
    this.#writeHead();
    const held = this.#held;
    if (held !== undefined) {
      this.#held = undefined;
      this.#response.write(held, 'latin1');
    } else if (!written) {
      this.#response.flushHeaders();
    }
  }

  end(trailers: readonly string[]): void {
    const response = this.#response;
    const passed =
      trailers.length > 0 ? trailersFromUpstream(this.#scope.request, trailers) : NO_TRAILERS;
    const unread = bodyPending(this.#scope);
    if (!this.#headWritten) {
      this.#lengthFromHeld(passed.length > 0);
      // The client goes on sending what nobody reads: its connection can't be used again.
      if (unread) response.shouldKeepAlive = false;
    }
    this.#writeHead();
    if (passed.length > 0) response.addTrailers(passed);
    const { streamed } = this.#scope;
    if (unread && streamed !== undefined) this.#endUnread(streamed);
    else if (this.#held === undefined) response.end();
    else response.end(this.#held, 'latin1');
  }

  /** The head is out: only a broken connection says that the answer is incomplete. */
  breakOff(): void {
    this.#response.destroy();
  }

  #writeHead(): void {
    if (this.#headWritten) return;
    // Throws on what no header may hold; nothing was sent then.
    const headers = this.#headers;
    for (const item of this.#scope.headers) headers.push(item);
    this.#response.writeHead(this.#status, headers);
    this.#headWritten = true;
  }

  /** A whole answer is known: no chunks for what came in chunks. */
  #lengthFromHeld(hasTrailers: boolean): void {
    if (this.#hasLength || hasTrailers || this.#held === undefined) return;
    this.#headers.push('content-length', String(this.#held.length));
  }

  #endUnread(streamed: StreamedMessage): void {
    const response = this.#response;
    if (this.#held !== undefined) response.write(this.#held, 'latin1');
    else response.flushHeaders();
    endLingering(streamed);
  }
}

function isEventStream(headers: readonly string[]): boolean {
  return valueOf(headers, 'content-type')?.toLowerCase().startsWith('text/event-stream') === true;
}
