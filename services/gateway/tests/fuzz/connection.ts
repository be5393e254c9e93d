import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { StrictMessage } from '../strict-http.ts';
import { NotHttp, readAnswer, valuesOf } from '../strict-http.ts';
import type { Intent } from './ledger.ts';

/** Silence after which the client says that it is done sending; shorter where no answer can come. */
const QUIET_MS = 3_000;
const QUIET_INCOMPLETE_MS = 60;
const EMPTY = Buffer.alloc(0);

export interface ConnectionEvents {
  /** The input is dealt with: answered in full, or its connection closed. */
  onDone: (answers: readonly StrictMessage[]) => void;
  onViolation: (what: string) => void;
}

export interface ConnectionOptions {
  port: number;
  /** Nothing may take longer. */
  deadlineMs: number;
}

/** One place of the pool: a connection that is kept while the gateway keeps it. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  #socket: Socket | undefined;
  #intent: Intent | undefined;
  #received: Buffer = EMPTY;
  #answers: StrictMessage[] = [];
  #startedAt = 0;
  #lastAt = 0;
  #half = false;
  #opened = 0;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
  }

  get intent(): Intent | undefined {
    return this.#intent;
  }

  /** Sends an input, on the open connection if there is one. */
  send(intent: Intent): void {
    this.#intent = intent;
    this.#answers = [];
    this.#received = EMPTY;
    this.#half = false;
    this.#startedAt = this.#lastAt = performance.now();
    this.#socket ??= this.#open();
    this.#socket.write(intent.input.bytes);
  }

  /** To be called often: says that sending is over after a silence, and that time is up. */
  sweep(now: number): void {
    if (this.#intent === undefined) return;
    if (now - this.#startedAt > this.#options.deadlineMs) {
      this.#events.onViolation(`no answer and no close within ${this.#options.deadlineMs} ms`);
      this.#finish();
      return;
    }
    const quietMs = this.#intent.rest > 0 ? QUIET_INCOMPLETE_MS : QUIET_MS;
    if (!this.#half && now - this.#lastAt > quietMs) {
      this.#half = true;
      this.#socket?.end();
    }
  }

  close(): void {
    this.#intent = undefined;
    this.#drop();
  }

  #open(): Socket {
    // Many addresses, so that what is counted per address sees many clients.
    this.#opened += 1;
    const localAddress = `127.${1 + (this.#opened % 100)}.${1 + ((this.#opened >> 3) % 250)}.9`;
    const socket = connect({
      port: this.#options.port,
      host: '127.0.0.1',
      localAddress,
      noDelay: true,
      allowHalfOpen: true,
    });
    socket.on('data', (piece) => this.#read(socket, piece));
    // The end of the connection is an answer like any other; `close` follows.
    socket.on('error', () => undefined);
    const gone = (): void => {
      if (this.#socket === socket) this.#closed();
    };
    socket.once('end', gone);
    socket.once('close', gone);
    return socket;
  }

  #read(socket: Socket, piece: Buffer): void {
    if (this.#socket !== socket) return;
    this.#lastAt = performance.now();
    this.#received = this.#received.length === 0 ? piece : Buffer.concat([this.#received, piece]);
    if (this.#intent === undefined) {
      this.#events.onViolation('bytes that nobody asked for');
      return;
    }
    this.#readAnswers(false);
    const { requests, rest } = this.#intent;
    if (rest === 0 && this.#answers.length === requests.length && this.#received.length === 0) {
      this.#finish();
    }
  }

  #readAnswers(closed: boolean): void {
    for (;;) {
      const answer = this.#tryRead(closed);
      if (answer === null) return;
      this.#received = this.#received.subarray(answer.end);
      if (Number(answer.start[1]) >= 200) this.#answers.push(answer);
    }
  }

  #tryRead(closed: boolean): StrictMessage | null {
    if (this.#received.length === 0) return null;
    const request = this.#intent?.requests[this.#answers.length];
    // Behind the last request that is one, the gateway may take what is left for a HEAD or not.
    const head = request?.start[0] === 'HEAD';
    try {
      return readAnswer(this.#received, 0, { head, closed: closed && request !== undefined });
    } catch (error) {
      if (!(error instanceof NotHttp)) throw error;
      this.#events.onViolation(`malformed answer: ${error.message}`);
      this.#received = EMPTY;
      return null;
    }
  }

  #closed(): void {
    if (this.#intent !== undefined) this.#readAnswers(true);
    this.#drop();
    if (this.#intent !== undefined) this.#finish();
  }

  #finish(): void {
    const last = this.#answers.at(-1);
    const keeps = last !== undefined && !valuesOf(last, 'connection').includes('close');
    if (!keeps || this.#half) this.#drop();
    this.#intent = undefined;
    this.#events.onDone(this.#answers);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    // A reset leaves no address in TIME_WAIT, of which a long run would use up all.
    if (socket?.destroyed === false) socket.resetAndDestroy();
  }
}
