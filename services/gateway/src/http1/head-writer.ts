import { COLON, CR, isFieldByte, isToken, LF, SPACE } from './char-classes.ts';

const START_BYTES = 4 * 1024;
/** Behind a name and behind a value. */
const SEPARATORS = 4;

/**
 * Puts the head of a message together byte by byte, in memory of its own. As strings its thirty pieces
 * would be joined in a tree that is flattened when it leaves, which takes 1.5 µs instead of 1.1 and
 * leaves a kilobyte of garbage. A head is begun, filled and taken without a pause.
 */
export class HeadWriter {
  #bytes = Buffer.allocUnsafeSlow(START_BYTES);
  #at = 0;

  /** Begins a head, whatever became of the one before. */
  begin(): void {
    this.#at = 0;
  }

  /** Latin-1 text that its caller answers for. */
  text(text: string): void {
    this.#reserve(text.length);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let i = 0; i < text.length; i += 1) bytes[at++] = text.charCodeAt(i);
    this.#at = at;
  }

  /**
   * A header line. Returns which part of it none may hold (RFC 9110 5.5 and 5.6.2), so that nothing
   * in it can start another line; nothing is written then.
   */
  field(name: string, value: string): 'name' | 'value' | undefined {
    this.#reserve(name.length + value.length + SEPARATORS);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let i = 0; i < name.length; i += 1) {
      const code = name.charCodeAt(i);
      if (!isToken(code)) return 'name';
      bytes[at++] = code;
    }
    if (name === '') return 'name';
    bytes[at++] = COLON;
    bytes[at++] = SPACE;
    for (let i = 0; i < value.length; i += 1) {
      const code = value.charCodeAt(i);
      if (!isFieldByte(code)) return 'value';
      bytes[at++] = code;
    }
    bytes[at++] = CR;
    bytes[at++] = LF;
    this.#at = at;
    return undefined;
  }

  /** What was written, as latin1. */
  take(): string {
    return this.#bytes.toString('latin1', 0, this.#at);
  }

  #reserve(more: number): void {
    const needed = this.#at + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * needed);
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
