import type { Duplex } from 'node:stream';

/** Bytes of a client that does not wait for the answer to its handshake. */
const MAX_EARLY_BYTES = 64 * 1024;

/** Keeps what the client sends before the switch, and notices when it leaves. */
export class EarlyBytes {
  readonly #socket: Duplex;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(socket: Duplex, head: Buffer, gone: () => void) {
    this.#socket = socket;
    if (head.length > 0) this.#add(head);
    socket.on('data', this.#add);
    socket.once('end', gone);
  }

  /** Hands the bytes over; nothing is read until somebody else listens. */
  take(): Buffer {
    this.#socket.pause();
    this.#socket.off('data', this.#add);
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    return bytes;
  }

  readonly #add = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length >= MAX_EARLY_BYTES) this.#socket.pause();
  };
}
