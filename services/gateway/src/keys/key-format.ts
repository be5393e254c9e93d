import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_CHARS = 12;
const SECRET_CHARS = 32;
const CRC_CHARS = 6;
const GRAMMAR = /^omni_([a-z]{2,8})_([0-9A-Za-z]{12})[0-9A-Za-z]{38}$/;

/** The public parts of a key. */
export interface KeyParts {
  environment: string;
  id: string;
  /** Visible start, `omni_<env>_`. */
  prefix: string;
  /** Characters of the checksum, so nothing of the secret shows. */
  last4: string;
}

export interface MintedKey extends KeyParts {
  /** The whole key; shown once, never stored. */
  text: string;
}

/**
 * Reads `omni_<env>_<id:12><secret:32><crc32:6>`; null when grammar or checksum do not fit. Junk is
 * recognised here, before any lookup.
 */
export function parseKey(text: string): KeyParts | null {
  const match = GRAMMAR.exec(text);
  if (match === null) return null;
  const body = text.slice(0, -CRC_CHARS);
  if (checksum(body) !== text.slice(-CRC_CHARS)) return null;
  const [, environment = '', id = ''] = match;
  return { environment, id, prefix: `omni_${environment}_`, last4: text.slice(-4) };
}

/** Makes a new key: 71 bits of public id (or the id of a key that is rotated), 190 bits of secret. */
export function mintKey(environment: string, id: string = randomBase62(ID_CHARS)): MintedKey {
  const prefix = `omni_${environment}_`;
  const body = `${prefix}${id}${randomBase62(SECRET_CHARS)}`;
  const text = body + checksum(body);
  return { text, environment, id, prefix, last4: text.slice(-4) };
}

/** CRC-32 in base62, six characters. It finds typing errors and junk; it is no protection. */
export function checksum(body: string): string {
  let rest = crc32(body);
  let digits = '';
  for (let i = 0; i < CRC_CHARS; i += 1) {
    digits = ALPHABET.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/** Bytes of 248 and more are drawn again: 62 does not divide 256. */
function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && text.length < length) text += ALPHABET.charAt(byte % 62);
    }
  }
  return text;
}
