import type { Socket } from 'node:net';
import type { Call } from './call.ts';
import { coarseClock, NEVER } from './coarse-clock.ts';
import { connectError, openSocket } from './open-socket.ts';
import type { Origin, SessionStore } from './open-socket.ts';
import { RequestBody } from './request-body.ts';
import type { ResponseHead } from './response-head.ts';
import { ResponseParser } from './response-parser.ts';
import type { ParserSink } from './response-parser.ts';
import { UpstreamError } from './upstream-error.ts';
import type { UpstreamErrorCode } from './upstream-error.ts';

/** What a connection tells its pool. */
export interface ConnectionOwner {
  readonly origin: Origin;
  readonly sessions: SessionStore;
  readonly connectTimeoutMs: number;
  /** It can take another request; the upstream keeps it for `keepAliveMs` (-1: not told). */
  free(connection: Connection, keepAliveMs: number): void;
  closed(connection: Connection): void;
}

/**
 * One connection to an upstream. It carries one request at a time, and the next one only when
 * everything about the last one was as it must be; else it is destroyed.
 */
export class Connection implements ParserSink {
  /** The tick when what is awaited now is overdue. */
  deadline: number;
  /** The tick when the whole request is overdue. */
  #totalDeadline = NEVER;
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #parser = new ResponseParser(this);
  #call: Call | undefined;
  #body: RequestBody | undefined;
  #connected = false;
  #closed = false;
  #reused = false;
  #requestSent = false;
  #answerBytes = false;
  #headTaken = false;
  #paused = false;
  #reusable = true;
  #keepAliveMs = -1;

  /** Connects, then sends the call. */
  constructor(owner: ConnectionOwner, call: Call) {
    this.#owner = owner;
    this.#call = call;
    call.connection = this;
    this.deadline = coarseClock.after(owner.connectTimeoutMs);
    const upgrade = call.request.upgrade !== undefined;
    const onRead = (length: number, bytes: Buffer): boolean => this.#read(bytes, length);
    const socket = openSocket(owner.origin, owner.sessions, {
      // A switched socket is handed on: it must emit its data.
      onRead: upgrade ? undefined : onRead,
      ready: () => this.#ready(),
    });
    this.#socket = socket;
    if (upgrade) socket.on('data', this.#onData);
    socket.once('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.once('close', this.#onClose);
  }

  /** Sends a request; the connection must be free. */
  send(call: Call): void {
    const { request } = call;
    this.#call = call;
    call.connection = this;
    this.#answerBytes = false;
    this.#headTaken = false;
    this.#requestSent = true;
    this.#parser.expect(request.method, request.upgrade !== undefined);
    this.#totalDeadline =
      request.totalTimeoutMs > 0 ? coarseClock.after(request.totalTimeoutMs) : NEVER;
    const { body } = request;
    if (body === null) {
      this.#socket.write(call.head, 'latin1');
      this.#awaitHead();
    } else if (Buffer.isBuffer(body)) {
      // One string, one write; latin1 keeps every byte as it is.
      this.#socket.write(call.head + body.toString('latin1'), 'latin1');
      this.#awaitHead();
    } else {
      this.#requestSent = false;
      this.deadline = NEVER;
      this.#socket.write(call.head, 'latin1');
      this.#body = new RequestBody(body, { socket: this.#socket, request }, this.#bodyEvents(call));
      this.#body.start();
    }
  }

  /** Closes a free connection, or cuts a busy one. The call is not told. */
  destroy(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#call = undefined;
    this.#parser.stop();
    this.#body?.stop();
    this.#socket.destroy();
    this.#owner.closed(this);
  }

  resume(): void {
    if (!this.#paused || this.#closed) return;
    this.#paused = false;
    this.#awaitMore();
    this.#socket.resume();
  }

  untimed(): void {
    this.#totalDeadline = NEVER;
  }

  /** Called every tick. */
  checkDeadline(tick: number): void {
    if (this.#call === undefined) {
      if (this.deadline <= tick) this.destroy();
    } else if (this.#totalDeadline <= tick) {
      const phase = this.#headTaken ? 'UPSTREAM_BODY_TIMEOUT' : 'UPSTREAM_HEAD_TIMEOUT';
      this.fail(phase, 'The whole answer took too long');
    } else if (this.deadline <= tick) {
      if (!this.#connected) this.fail('UPSTREAM_CONNECT_TIMEOUT', 'No connection in time');
      else if (this.#headTaken) this.fail('UPSTREAM_BODY_TIMEOUT', 'The answer fell silent');
      else this.fail('UPSTREAM_HEAD_TIMEOUT', 'No answer in time');
    }
  }

  fail(code: UpstreamErrorCode, message: string, cause?: unknown): void {
    this.#failWith(new UpstreamError(code, message, cause));
  }

  onInterim(status: number, headers: string[]): void {
    this.#call?.handler.onInformational(status, headers);
  }

  onHead(head: ResponseHead): void {
    this.#headTaken = true;
    this.#reusable = !head.close;
    this.#keepAliveMs = head.keepAliveMs;
    this.#awaitMore();
    this.#call?.handler.onHead(head.status, head.headers);
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    if (this.#call?.handler.onData(bytes, start, end) === false) this.#paused = true;
  }

  onComplete(trailers: readonly string[], excess: boolean): void {
    const call = this.#call;
    this.#call = undefined;
    this.#paused = false;
    this.#totalDeadline = NEVER;
    // An answer before the end of its request, or more than one answer: nobody knows any more
    // what the next bytes would belong to.
    if (excess || !this.#reusable || !this.#requestSent) this.destroy();
    else {
      this.#reused = true;
      this.#owner.free(this, this.#keepAliveMs);
    }
    if (call === undefined || call.over) return;
    call.over = true;
    call.handler.onEnd(trailers);
  }

  onSwitch(head: ResponseHead, rest: Buffer): void {
    const call = this.#call;
    const socket = this.#socket;
    this.#call = undefined;
    this.#closed = true;
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('error', this.#onError);
    socket.off('close', this.#onClose);
    this.#owner.closed(this);
    if (call?.over !== false || call.handler.onUpgrade === undefined) {
      socket.destroy();
      return;
    }
    call.over = true;
    call.handler.onUpgrade({ headers: head.headers, socket, head: rest });
  }

  #ready(): void {
    if (this.#closed || this.#call === undefined) return;
    this.#connected = true;
    this.send(this.#call);
  }

  #read(bytes: Buffer, length: number): boolean {
    if (this.#call === undefined) {
      // Nobody asked: whatever this is, it must not become somebody's answer.
      this.destroy();
      return false;
    }
    this.#answerBytes = true;
    if (this.#headTaken) this.#awaitMore();
    try {
      this.#parser.execute(bytes, length);
      this.#readOver();
    } catch (error) {
      this.#failWith(asUpstreamError(error));
    }
    if (this.#paused) this.deadline = NEVER;
    return !this.#paused;
  }

  /** The answer may have ended, and the next request be on its way. */
  #readOver(): void {
    if (this.#headTaken) this.#call?.handler.onReadEnd();
  }

  readonly #onData = (chunk: Buffer): void => {
    if (!this.#read(chunk, chunk.length)) this.#socket.pause();
  };

  readonly #onEnd = (): void => {
    try {
      if (this.#call !== undefined && this.#parser.end()) return;
    } catch (error) {
      this.#failWith(asUpstreamError(error));
      return;
    }
    this.#broken('The upstream closed the connection');
  };

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    if (this.#connected) this.#broken('The connection broke', error);
    else this.#failWith(connectError(error, this.#owner.origin));
  };

  readonly #onClose = (): void => {
    this.#broken('The connection closed');
  };

  #broken(message: string, cause?: Error): void {
    const stale = this.#reused && !this.#answerBytes;
    this.fail(stale ? 'UPSTREAM_STALE_CONNECTION' : 'UPSTREAM_RESET', message, cause);
  }

  /** First the connection is gone, then the handler is told: it may send anew at once. */
  #failWith(error: UpstreamError): void {
    const call = this.#call;
    this.destroy();
    call?.fail(error);
  }

  #awaitHead(): void {
    this.deadline = coarseClock.after(this.#call?.request.headTimeoutMs ?? 0);
  }

  #awaitMore(): void {
    this.deadline = coarseClock.after(this.#call?.request.idleTimeoutMs ?? 0);
  }

  #bodyEvents(call: Call): ConstructorParameters<typeof RequestBody>[2] {
    return {
      sent: () => {
        this.#requestSent = true;
        this.#body = undefined;
        if (this.#headTaken) this.#awaitMore();
        else this.#awaitHead();
      },
      blocked: (blocked) => {
        if (!this.#headTaken) {
          this.deadline = blocked ? coarseClock.after(call.request.idleTimeoutMs) : NEVER;
        }
      },
      failed: (error) => this.#failWith(error),
    };
  }
}

function asUpstreamError(error: unknown): UpstreamError {
  if (error instanceof UpstreamError) return error;
  return new UpstreamError('UPSTREAM_HANDLER_FAILED', 'The answer could not be passed on', error);
}
