import { COLON, CR, isFieldByte, isToken, LF, SPACE, TAB } from './char-classes.ts';
import { invalidAnswer } from './upstream-error.ts';

/** With a tab behind the value, llhttp and others read another framing, or none. */
const SAYS_THE_END: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);

/**
 * Reads header or trailer lines, each ended by CRLF, from `at` to the end of the text, and appends
 * flat pairs: names in lower case, values without white space around. RFC 9112 5 without its
 * leniency: no folded lines, no white space before the colon, no bare CR or LF, no control bytes.
 */
export function parseFields(text: string, at: number, into: string[]): void {
  let from = at;
  while (from < text.length) {
    const colon = endOfName(text, from);
    const end = endOfValue(text, colon + 1);
    const name = text.slice(from, colon).toLowerCase();
    if (text.charCodeAt(end - 1) === TAB && SAYS_THE_END.has(name)) {
      throw invalidAnswer('a tab behind a framing header');
    }
    into.push(name, trimmed(text, colon + 1, end));
    from = end + 2;
  }
}

function endOfName(text: string, from: number): number {
  let at = from;
  while (isToken(text.charCodeAt(at))) at += 1;
  if (at === from || text.charCodeAt(at) !== COLON) throw invalidAnswer('a header name');
  return at;
}

/** Index of the CR of the line's end. */
export function endOfValue(text: string, from: number): number {
  let at = from;
  while (isFieldByte(text.charCodeAt(at))) at += 1;
  if (text.charCodeAt(at) !== CR || text.charCodeAt(at + 1) !== LF) {
    throw invalidAnswer('a byte inside a header line');
  }
  return at;
}

/** Without the spaces and tabs around it. */
export function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
