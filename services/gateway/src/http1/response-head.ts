import { SPACE } from './char-classes.ts';
import { endOfValue, parseFields } from './header-fields.ts';
import { invalidAnswer } from './upstream-error.ts';

/** Content-Length of an answer that gives none. */
export const UNKNOWN_LENGTH = -1;
/** 15 digits stay exact as a number. */
const LENGTH = /^\d{1,15}$/;
const KEEP_ALIVE_TIMEOUT = /(?:^|[\s,;])timeout\s*=\s*"?(\d{1,9})/i;

/** The head of an answer. One object per connection, filled anew by each `parse`. */
export class ResponseHead {
  status = 0;
  /** Flat pairs, names in lower case. */
  headers: string[] = [];
  contentLength = UNKNOWN_LENGTH;
  chunked = false;
  /** The connection ends after this answer. */
  close = false;
  /** From `Keep-Alive: timeout=`; -1 when not told. */
  keepAliveMs = -1;
  #http10 = false;
  #keepAlive = false;

  /**
   * Reads status line and headers; `text` ends with the CRLF of the last line, without the empty
   * line. Throws on everything that two readers could understand differently.
   */
  parse(text: string): void {
    this.#reset();
    parseFields(text, this.#statusLine(text), this.headers);
    this.#readFraming();
    if (this.#http10) this.#asHttp10();
    this.#checkFraming();
  }

  /**
   * It closes unless it says otherwise, and has no interim answers (RFC 9110 15.2): one reader ends
   * the connection there, another goes on.
   */
  #asHttp10(): void {
    if (this.status < 200) throw invalidAnswer('an interim answer of HTTP/1.0');
    if (!this.#keepAlive) this.close = true;
  }

  #reset(): void {
    this.contentLength = UNKNOWN_LENGTH;
    this.chunked = false;
    this.close = false;
    this.keepAliveMs = -1;
    this.#keepAlive = false;
    this.headers = [];
  }

  #statusLine(text: string): number {
    const minor = text.charCodeAt(7) - 0x30;
    if (!text.startsWith('HTTP/1.') || (minor !== 0 && minor !== 1)) {
      throw invalidAnswer('the HTTP version');
    }
    this.#http10 = minor === 0;
    const status = threeDigits(text, 9);
    if (text.charCodeAt(8) !== SPACE || status < 100 || status > 599) {
      throw invalidAnswer('the status code');
    }
    this.status = status;
    // The reason may be empty, and servers leave its space out.
    const end = endOfValue(text, 12);
    if (end > 12 && text.charCodeAt(12) !== SPACE) throw invalidAnswer('the status code');
    return end + 2;
  }

  #readFraming(): void {
    const { headers } = this;
    for (let i = 0; i + 1 < headers.length; i += 2) {
      const name = headers[i] ?? '';
      // Lengths first: most names are none of these.
      const { length } = name;
      if (length === 10 || length === 14 || length === 17) {
        this.#readFramingField(name, headers[i + 1] ?? '');
      }
    }
  }

  #readFramingField(name: string, value: string): void {
    if (name === 'content-length') this.#readLength(value);
    else if (name === 'transfer-encoding') this.#readEncoding(value);
    else if (name === 'connection') this.#readConnection(value);
    else if (name === 'keep-alive') {
      const seconds = KEEP_ALIVE_TIMEOUT.exec(value)?.[1];
      if (seconds !== undefined) this.keepAliveMs = Number(seconds) * 1_000;
    }
  }

  #readLength(value: string): void {
    if (this.contentLength !== UNKNOWN_LENGTH) throw invalidAnswer('two Content-Length');
    if (!LENGTH.test(value)) throw invalidAnswer('Content-Length');
    this.contentLength = Number(value);
  }

  #readEncoding(value: string): void {
    if (this.chunked) throw invalidAnswer('two Transfer-Encoding');
    if (value.toLowerCase() !== 'chunked') throw invalidAnswer('Transfer-Encoding');
    this.chunked = true;
  }

  #readConnection(value: string): void {
    if (value === 'keep-alive') {
      this.#keepAlive = true;
      return;
    }
    for (const token of value.toLowerCase().split(',')) {
      const plain = token.trim();
      if (plain === 'close') this.close = true;
      else if (plain === 'keep-alive') this.#keepAlive = true;
    }
  }

  #checkFraming(): void {
    if (!this.chunked) return;
    if (this.contentLength !== UNKNOWN_LENGTH) {
      throw invalidAnswer('Content-Length beside Transfer-Encoding');
    }
    if (this.#http10) throw invalidAnswer('Transfer-Encoding in HTTP/1.0');
  }
}

function threeDigits(text: string, at: number): number {
  let value = 0;
  for (let i = at; i < at + 3; i += 1) {
    const digit = text.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}
