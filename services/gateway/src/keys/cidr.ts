/** An address as four 32-bit words; IPv4 in its IPv4-mapped form, so that both compare alike. */
type Words = readonly [number, number, number, number];

/** A parsed range: the address bits that count, and the mask that says which. */
export interface Cidr {
  readonly base: Words;
  readonly mask: Words;
}

const MAPPED_PREFIX = 0xffff;
const scratch = new Int32Array(4);

/** Whether the text is an address or an address with a prefix length. */
export function isCidr(text: string): boolean {
  return parseCidr(text) !== null;
}

/**
 * `10.0.0.0/8`, `2001:db8::/32` or a single address. An IPv4-mapped IPv6 range means the IPv4
 * addresses in it. Null when malformed; bits beyond the prefix are ignored.
 */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  if (!readAddress(address, scratch)) return null;
  const isV4 = !address.includes(':');
  const bits = isV4 ? 32 : 128;
  const length = slash < 0 ? bits : readLength(text.slice(slash + 1), bits);
  if (length === null) return null;
  const mask = maskOf(isV4 ? length + 96 : length);
  const base = mask.map((word, i) => word & (scratch[i] ?? 0));
  return { base: toWords(base), mask: toWords(mask) };
}

/** Whether one of the ranges holds the address. Text that is no address is in none. */
export function inAnyCidr(ranges: readonly Cidr[], address: string): boolean {
  if (!readAddress(address, scratch)) return false;
  const [a = 0, b = 0, c = 0, d = 0] = scratch;
  for (const { base, mask } of ranges) {
    const differs =
      ((a & mask[0]) ^ base[0]) |
      ((b & mask[1]) ^ base[1]) |
      ((c & mask[2]) ^ base[2]) |
      ((d & mask[3]) ^ base[3]);
    if (differs === 0) return true;
  }
  return false;
}

/** Writes the address into four words; false when the text is not an address. */
export function readAddress(text: string, into: Int32Array): boolean {
  if (!text.includes(':')) {
    const v4 = readV4(text);
    if (v4 === null) return false;
    into[0] = 0;
    into[1] = 0;
    into[2] = MAPPED_PREFIX;
    into[3] = v4;
    return true;
  }
  return readV6(text, into);
}

/** Dotted decimal of four parts without leading zeros (which some read as octal). */
function readV4(text: string): number | null {
  let value = 0;
  let at = 0;
  for (let part = 0; part < 4; part += 1) {
    const end = part === 3 ? text.length : text.indexOf('.', at);
    const byte = readByte(text, at, end);
    if (byte < 0) return null;
    value = (value << 8) | byte;
    at = end + 1;
  }
  return value;
}

/** A number from 0 to 255 as it is usually written; -1 for anything else. */
function readByte(text: string, from: number, end: number): number {
  if (end <= from || end - from > 3) return -1;
  let value = 0;
  for (let i = from; i < end; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  const hasLeadingZero = end - from > 1 && text.charCodeAt(from) === 48;
  return hasLeadingZero || value > 255 ? -1 : value;
}

function readV6(text: string, into: Int32Array): boolean {
  const groups = groupsOf(text);
  if (groups === null) return false;
  for (let i = 0; i < 4; i += 1) {
    into[i] = ((groups[2 * i] ?? 0) << 16) | (groups[2 * i + 1] ?? 0);
  }
  return true;
}

/** Eight groups of 16 bits; null when malformed. */
function groupsOf(text: string): readonly number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const isWhole = halves.length === 1;
  // A dotted tail is only allowed at the very end.
  const head = groupList(halves[0] ?? '', isWhole);
  if (isWhole) return head?.length === 8 ? head : null;
  const tail = groupList(halves[1] ?? '', true);
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  return missing < 1 ? null : [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function groupList(text: string, mayEndDotted: boolean): readonly number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const v4 = mayEndDotted && index === parts.length - 1 ? readV4(part) : null;
    if (v4 === null) return null;
    groups.push(v4 >>> 16, v4 & 0xffff);
  }
  return groups;
}

function readLength(text: string, max: number): number | null {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text)) return null;
  const length = Number(text);
  return length <= max ? length : null;
}

function maskOf(length: number): number[] {
  return [0, 1, 2, 3].map((word) => {
    const bits = Math.min(32, Math.max(0, length - 32 * word));
    return bits === 0 ? 0 : -1 << (32 - bits);
  });
}

function toWords(words: readonly number[]): Words {
  return [words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, words[3] ?? 0];
}
