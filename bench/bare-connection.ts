import { connect } from 'node:net';
import type { Socket } from 'node:net';

const ANSWER_BYTES = 64 * 1024;

/** Told when an answer is complete: the moment, and the bytes that came last. */
export type OnAnswer = (at: number, last: Buffer) => void;

/**
 * One connection that asks by finished bytes and reads of an answer only how long it is: as little of
 * the time that is measured as possible is the client's. It has one request under way at most.
 */
export class BareConnection {
  readonly #socket: Socket;
  readonly #onAnswer: OnAnswer;
  #missing = 0;

  constructor(url: URL, onAnswer: OnAnswer) {
    this.#onAnswer = onAnswer;
    const buffer = Buffer.allocUnsafe(ANSWER_BYTES);
    this.#socket = connect({
      port: Number(url.port),
      host: url.hostname,
      noDelay: true,
      onread: {
        buffer,
        callback: (bytes) => {
          this.#take(buffer.subarray(0, bytes));
          return true;
        },
      },
    });
  }

  async ready(): Promise<void> {
    if (this.#socket.connecting)
      await new Promise((resolve) => this.#socket.once('connect', resolve));
  }

  send(request: Buffer): void {
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    const at = performance.now();
    if (this.#missing === 0) this.#missing = answerLength(bytes);
    this.#missing -= bytes.length;
    if (this.#missing === 0) this.#onAnswer(at, bytes);
  }
}

/** Bytes of the whole answer that begins here. */
function answerLength(bytes: Buffer): number {
  const text = bytes.toString('latin1');
  const headEnd = text.indexOf('\r\n\r\n');
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  if (!text.startsWith('HTTP/1.1 200') || headEnd < 0) throw new Error(text);
  return headEnd + 4 + Number(length ?? 0);
}
