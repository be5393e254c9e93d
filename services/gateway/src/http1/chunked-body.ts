import { CR, EQUALS, hexValue, isToken, LF, SEMICOLON } from './char-classes.ts';
import { parseFields } from './header-fields.ts';
import { invalidAnswer } from './upstream-error.ts';

/** 15 hexadecimal digits would pass 2^53; nobody sends chunks of terabytes. */
const MAX_SIZE_DIGITS = 12;
/** Nobody needs chunk extensions; without a bound they are a way to keep us busy. */
const MAX_EXTENSION_BYTES = 4 * 1024;
const MAX_TRAILER_BYTES = 16 * 1024;

type State = 'size' | 'extension' | 'size_lf' | 'data' | 'data_cr' | 'data_lf' | 'trailer' | 'done';

/**
 * Decodes a chunked body in place: the data is moved together at the front of the bytes it came
 * in, so that many small chunks of one read are passed on as one piece.
 */
export class ChunkedBody {
  /** Decoded data of the last `decode` ends here. */
  dataEnd = 0;
  trailers: string[] = [];
  #state: State = 'size';
  #digits = 0;
  /** Bytes still to come of the current chunk. */
  #left = 0;
  #extensionBytes = 0;
  #extensionByte = 0;
  #extensionHasValue = false;
  #trailerText = '';

  get done(): boolean {
    return this.#state === 'done';
  }

  start(): void {
    this.#state = 'size';
    this.#digits = 0;
    this.#left = 0;
    this.#extensionBytes = 0;
    this.#trailerText = '';
    this.trailers = [];
  }

  /**
   * Reads from `from` to `to`; the data is then in `bytes` from `from` to `dataEnd`. Returns where
   * it stopped: `to`, or behind the body when it is done.
   */
  decode(bytes: Buffer, from: number, to: number): number {
    this.dataEnd = from;
    let at = from;
    while (at < to && this.#state !== 'done') {
      if (this.#state === 'data') {
        at = this.#moveData(bytes, at, to);
        continue;
      }
      this.#step(bytes[at] ?? 0);
      at += 1;
    }
    return at;
  }

  #moveData(bytes: Buffer, at: number, to: number): number {
    const length = Math.min(this.#left, to - at);
    if (at !== this.dataEnd) bytes.copyWithin(this.dataEnd, at, at + length);
    this.dataEnd += length;
    this.#left -= length;
    if (this.#left === 0) this.#state = 'data_cr';
    return at + length;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case 'size': {
        this.#readSize(byte);
        return;
      }
      case 'extension': {
        this.#readExtension(byte);
        return;
      }
      case 'size_lf': {
        this.#expect(byte, LF);
        this.#state = this.#left === 0 ? 'trailer' : 'data';
        return;
      }
      case 'data_cr': {
        this.#expect(byte, CR);
        this.#state = 'data_lf';
        return;
      }
      case 'data_lf': {
        this.#expect(byte, LF);
        this.#state = 'size';
        this.#digits = 0;
        return;
      }
      case 'trailer': {
        this.#readTrailer(byte);
        return;
      }
      case 'data':
      case 'done':
    }
  }

  #readSize(byte: number): void {
    const digit = hexValue(byte);
    if (digit >= 0) {
      this.#digits += 1;
      if (this.#digits > MAX_SIZE_DIGITS) throw invalidAnswer('a chunk size');
      this.#left = this.#left * 16 + digit;
      return;
    }
    if (this.#digits === 0) throw invalidAnswer('a chunk size');
    if (byte === CR) this.#state = 'size_lf';
    else if (byte === SEMICOLON) {
      this.#state = 'extension';
      this.#extensionByte = byte;
      this.#extensionHasValue = false;
    } else throw invalidAnswer('a chunk size');
  }

  /** Nobody needs extensions: `;name` and `;name=value` are skipped, quoted values are refused. */
  #readExtension(byte: number): void {
    this.#extensionBytes += 1;
    if (this.#extensionBytes > MAX_EXTENSION_BYTES) throw invalidAnswer('chunk extensions');
    const before = this.#extensionByte;
    this.#extensionByte = byte;
    if (isToken(byte)) return;
    // Behind a name or a value only; one value per name.
    const isEqualsTwice = byte === EQUALS && this.#extensionHasValue;
    if (!isToken(before) || isEqualsTwice) throw invalidAnswer('a chunk extension');
    this.#extensionHasValue = byte === EQUALS;
    if (byte === CR) this.#state = 'size_lf';
    else if (byte !== SEMICOLON && byte !== EQUALS) throw invalidAnswer('a chunk extension');
  }

  #readTrailer(byte: number): void {
    this.#trailerText += String.fromCharCode(byte);
    const text = this.#trailerText;
    if (text.length > MAX_TRAILER_BYTES) throw invalidAnswer('trailers over 16 KiB');
    if (byte !== LF) return;
    if (text === '\r\n') {
      this.#state = 'done';
    } else if (text.endsWith('\r\n\r\n')) {
      parseFields(text.slice(0, -2), 0, this.trailers);
      this.#state = 'done';
    } else if (!text.endsWith('\r\n')) {
      throw invalidAnswer('a bare LF in the trailers');
    }
  }

  #expect(byte: number, wanted: number): void {
    if (byte !== wanted) throw invalidAnswer('the end of a chunk');
  }
}
