import { CR, isFieldByte, LF } from './char-classes.ts';
import { invalidAnswer } from './upstream-error.ts';

/** Status line and headers together. */
export const MAX_HEAD_BYTES = 64 * 1024;
const START = 'HTTP/1.';

/**
 * Collects a head that came in pieces. Each byte is looked at once, and what can't become a valid
 * head is refused at once, not when its end fails to come.
 */
export class HeadBuffer {
  #text = '';
  /** How much of CR LF CR LF was seen last. */
  #matched = 0;

  get isEmpty(): boolean {
    return this.#text === '';
  }

  /**
   * Adds bytes up to the end of the head. Returns the index behind it, or -1 when all of them were
   * taken and the end is still to come.
   */
  add(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && this.#matched < 4) {
      this.#match(bytes[at] ?? 0);
      at += 1;
    }
    if (this.#text.length + at - from > MAX_HEAD_BYTES) throw invalidAnswer('a head over 64 KiB');
    this.#text += bytes.toString('latin1', from, at);
    if (!START.startsWith(this.#text.slice(0, START.length))) throw invalidAnswer('the start');
    return this.#matched === 4 ? at : -1;
  }

  /** The collected head without its empty line; the buffer is empty again. */
  take(): string {
    const text = this.#text.slice(0, -2);
    this.#text = '';
    this.#matched = 0;
    return text;
  }

  #match(byte: number): void {
    const wanted = this.#matched % 2 === 0 ? CR : LF;
    if (byte === wanted) {
      this.#matched += 1;
      return;
    }
    // After a CR only LF may come; elsewhere what a header line may hold.
    if (wanted === LF || !isFieldByte(byte)) throw invalidAnswer('a byte in the head');
    this.#matched = 0;
  }
}
