const CLOSE = 8;
const MASKED = 0x80;
const MAX_HEADER = 14;

/**
 * Follows WebSocket frames (RFC 6455 5.2) through a stream that is passed on unread, wherever it is
 * cut: a close frame of our own may only stand between two frames.
 */
export class FrameCursor {
  readonly #header = new Uint8Array(MAX_HEADER);
  #headerBytes = 0;
  #payloadLeft = 0;
  /** A close frame began: this side says nothing more. */
  closing = false;

  /** Whether what was read so far ends with a whole frame. */
  get atBoundary(): boolean {
    return this.#headerBytes === 0 && this.#payloadLeft === 0;
  }

  /** Reads on; with `stop` only to the next end of a frame. Returns how many bytes were read. */
  advance(chunk: Uint8Array, stop = false): number {
    let at = 0;
    while (at < chunk.length) {
      if (this.#payloadLeft > 0) {
        const taken = Math.min(this.#payloadLeft, chunk.length - at);
        this.#payloadLeft -= taken;
        at += taken;
      } else {
        this.#header[this.#headerBytes] = chunk[at] ?? 0;
        this.#headerBytes += 1;
        at += 1;
        if (!this.#headerComplete()) continue;
        this.#startPayload();
      }
      if (stop && this.#payloadLeft === 0) return at;
    }
    return at;
  }

  #headerComplete(): boolean {
    if (this.#headerBytes < 2) return false;
    const second = this.#header[1] ?? 0;
    const length = second & 0x7f;
    const extended = length === 126 ? 2 : length === 127 ? 8 : 0;
    return this.#headerBytes === 2 + extended + ((second & MASKED) === 0 ? 0 : 4);
  }

  #startPayload(): void {
    const view = new DataView(this.#header.buffer);
    const length = (this.#header[1] ?? 0) & 0x7f;
    if (length === 126) this.#payloadLeft = view.getUint16(2);
    else if (length === 127) this.#payloadLeft = Number(view.getBigUint64(2));
    else this.#payloadLeft = length;
    if (((this.#header[0] ?? 0) & 0x0f) === CLOSE) this.closing = true;
    this.#headerBytes = 0;
  }
}

/** A close frame; what a client would send is masked (with zeros: the payload is no secret). */
export function closeFrame(code: number, masked: boolean): Buffer {
  const body = Buffer.alloc(masked ? 8 : 4);
  body[0] = 0x80 | CLOSE;
  body[1] = (masked ? MASKED : 0) | 2;
  body.writeUInt16BE(code, masked ? 6 : 2);
  return body;
}
