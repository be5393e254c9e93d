import { ChunkedBody } from './chunked-body.ts';
import { HeadBuffer } from './head-buffer.ts';
import { ResponseHead, UNKNOWN_LENGTH } from './response-head.ts';
import { invalidAnswer } from './upstream-error.ts';

/** What the parser reports, in this order; it stops when `stop` is called inside one of them. */
export interface ParserSink {
  onInterim(status: number, headers: string[]): void;
  onHead(head: ResponseHead): void;
  onBody(bytes: Buffer, start: number, end: number): void;
  /** `excess`: bytes came behind the answer that nobody asked for. */
  onComplete(trailers: readonly string[], excess: boolean): void;
  /** 101: what stands from `start` belongs to the other protocol. */
  onSwitch(head: ResponseHead, rest: Buffer): void;
}

type State = 'idle' | 'head' | 'fixed' | 'chunked' | 'until_close';

/** Heads mostly fit; what is behind is turned into text for nothing. */
const FAST_HEAD_BYTES = 4 * 1024;
const MAX_INTERIM = 16;
const NO_TRAILERS: readonly string[] = [];

/**
 * Strict incremental parser of HTTP/1.1 answers (RFC 9112), one answer at a time. It reads the
 * bytes wherever they are cut, keeps none but an unfinished head, and throws `UpstreamError` on
 * everything it does not take for exactly one thing.
 */
export class ResponseParser {
  readonly #sink: ParserSink;
  readonly #head = new ResponseHead();
  readonly #headBuffer = new HeadBuffer();
  readonly #chunked = new ChunkedBody();
  #state: State = 'idle';
  #left = 0;
  #interim = 0;
  #bodyless = false;
  #upgrade = false;

  constructor(sink: ParserSink) {
    this.#sink = sink;
  }

  /** Whether a byte of the answer is awaited or was read. */
  get busy(): boolean {
    return this.#state !== 'idle';
  }

  /** Awaits the answer to a request; one to HEAD has no body whatever its head says. */
  expect(method: string, upgrade: boolean): void {
    this.#state = 'head';
    this.#interim = 0;
    this.#bodyless = method === 'HEAD';
    this.#upgrade = upgrade;
  }

  /** Takes no more bytes. */
  stop(): void {
    this.#state = 'idle';
  }

  /** Reads the first `length` of the bytes; they may be changed by it. */
  execute(bytes: Buffer, length: number): void {
    let at = 0;
    while (at < length && this.#state !== 'idle') {
      at =
        this.#state === 'head'
          ? this.#readHead(bytes, at, length)
          : this.#readBody(bytes, at, length);
    }
  }

  /** The connection ended; whether the answer was complete with that. */
  end(): boolean {
    if (this.#state !== 'until_close') return false;
    this.#complete(false);
    return true;
  }

  #readHead(bytes: Buffer, from: number, to: number): number {
    if (this.#headBuffer.isEmpty) {
      const text = bytes.toString('latin1', from, Math.min(to, from + FAST_HEAD_BYTES));
      const end = text.indexOf('\r\n\r\n');
      if (end >= 0)
        return this.#takeHead(text.slice(0, end + 2), { bytes, at: from + end + 4, to });
    }
    const next = this.#headBuffer.add(bytes, from, to);
    return next < 0 ? to : this.#takeHead(this.#headBuffer.take(), { bytes, at: next, to });
  }

  #takeHead(text: string, rest: { bytes: Buffer; at: number; to: number }): number {
    const head = this.#head;
    head.parse(text);
    const { bytes, at, to } = rest;
    if (head.status >= 200) {
      this.#startBody(at < to);
      return at;
    }
    if (head.chunked || head.contentLength > 0) throw invalidAnswer('a body of an interim answer');
    if (head.status !== 101) {
      this.#interim += 1;
      if (this.#interim > MAX_INTERIM) throw invalidAnswer('too many interim answers');
      this.#sink.onInterim(head.status, head.headers);
      return at;
    }
    if (!this.#upgrade) throw invalidAnswer('a switch of protocols that nobody asked for');
    this.#state = 'idle';
    // A copy: the bytes are read into again.
    this.#sink.onSwitch(head, Buffer.from(bytes.subarray(at, to)));
    return to;
  }

  #startBody(more: boolean): void {
    const head = this.#head;
    const kind = bodyKind(head, this.#bodyless);
    // Servers differ on whether a 204 that announces a body carries it: that connection ends.
    const dubious = head.status === 204 && (head.chunked || head.contentLength > 0);
    if (dubious || kind === 'until_close') head.close = true;
    this.#sink.onHead(head);
    if (!this.busy) return;
    if (kind === 'none') {
      this.#complete(more);
      return;
    }
    this.#left = head.contentLength;
    if (kind === 'chunked') this.#chunked.start();
    this.#state = kind;
  }

  #readBody(bytes: Buffer, from: number, to: number): number {
    if (this.#state === 'chunked') return this.#readChunked(bytes, from, to);
    if (this.#state === 'until_close') {
      this.#sink.onBody(bytes, from, to);
      return to;
    }
    const end = Math.min(to, from + this.#left);
    this.#left -= end - from;
    this.#sink.onBody(bytes, from, end);
    if (this.#left === 0 && this.busy) this.#complete(end < to);
    return end;
  }

  #readChunked(bytes: Buffer, from: number, to: number): number {
    const next = this.#chunked.decode(bytes, from, to);
    const end = this.#chunked.dataEnd;
    if (end > from) this.#sink.onBody(bytes, from, end);
    if (this.#chunked.done && this.busy) this.#complete(next < to);
    return next;
  }

  #complete(excess: boolean): void {
    const trailers = this.#state === 'chunked' ? this.#chunked.trailers : NO_TRAILERS;
    // Before the call: in it the connection may be given its next request.
    this.#state = 'idle';
    this.#sink.onComplete(trailers, excess);
  }
}

/** RFC 9112 6.3 */
function bodyKind(
  head: ResponseHead,
  toHead: boolean,
): 'none' | 'fixed' | 'chunked' | 'until_close' {
  if (toHead || head.status === 204 || head.status === 304) return 'none';
  if (head.chunked) return 'chunked';
  if (head.contentLength === UNKNOWN_LENGTH) return 'until_close';
  return head.contentLength === 0 ? 'none' : 'fixed';
}
