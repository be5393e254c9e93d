import { mintKey } from './key-format.ts';

const ID_CHARS = 12;
/** `<id:12><secret:32><crc32:6>` */
const TAIL_CHARS = 50;
const CRC_CHARS = 6;
const PREFIX = 'omni_';
const MIN_CHARS = PREFIX.length + 2 + 1 + TAIL_CHARS;
const MAX_CHARS = PREFIX.length + 8 + 1 + TAIL_CHARS;
const UNDERSCORE = 95;

export const KEY_ID_CHARS = ID_CHARS;

/** Value of each base62 digit by character code, 255 for everything else. */
const DIGITS = new Uint8Array(256).fill(255);
for (const [value, character] of Array.from(
  '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
).entries()) {
  DIGITS[character.charCodeAt(0)] = value;
}

/** CRC-32 (IEEE) by bytes; the same as zlib's, without leaving JavaScript for 54 characters. */
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1)
    rest = (rest & 1) === 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** Stands in for text of an impossible length, so that it costs what a key costs. */
const DUMMY = mintKey('live').text;

/**
 * Where the id begins in a text that is a key by grammar and checksum; -1 when it is none. The same
 * as `parseKey`, without allocation and without leaving early: what is wrong with a text does not
 * show in the time.
 */
export function keyIdOffset(text: string): number {
  if (text.length >= MIN_CHARS && text.length <= MAX_CHARS) return readText(text);
  readText(DUMMY);
  return -1;
}

function readText(text: string): number {
  const tail = text.length - TAIL_CHARS;
  const crcAt = text.length - CRC_CHARS;
  let wrong = 0;
  let crc = -1;
  for (let i = 0; i < crcAt; i += 1) {
    const code = text.charCodeAt(i);
    wrong |= isExpected(code, i, tail) ? 0 : 1;
    crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ code) & 255] ?? 0);
  }
  let given = 0;
  for (let i = crcAt; i < text.length; i += 1) {
    const digit = text.charCodeAt(i) < 256 ? (DIGITS[text.charCodeAt(i)] ?? 255) : 255;
    wrong |= digit === 255 ? 1 : 0;
    given = given * 62 + digit;
  }
  return wrong === 0 && given === (crc ^ -1) >>> 0 ? tail : -1;
}

/** `omni_`, small letters, an underscore, then digits of base 62. */
function isExpected(code: number, at: number, tail: number): boolean {
  if (at >= tail) return code < 256 && DIGITS[code] !== 255;
  if (at < PREFIX.length) return code === PREFIX.charCodeAt(at);
  return at === tail - 1 ? code === UNDERSCORE : code >= 97 && code <= 122;
}
