/** Bytes by class, as tables: one lookup per byte (RFC 9110 5.5 and 5.6.2). */
function table(members: string, more?: (code: number) => boolean): Uint8Array {
  const bytes = new Uint8Array(256);
  for (let code = 0; code < 256; code += 1) {
    if (members.includes(String.fromCharCode(code)) || more?.(code) === true) bytes[code] = 1;
  }
  return bytes;
}

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const tokenBytes = table(`!#$%&'*+-.^_\`|~${ALPHANUMERIC}`);
const fieldBytes = table('\t', (code) => code >= 0x20 && code !== 0x7f);

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const EQUALS = 0x3d;

/** Whether a code may stand in a header's name or a method; NaN and what is no byte may not. */
export function isToken(code: number): boolean {
  return tokenBytes[code] === 1;
}

/** Whether a code may stand in a header's value: visible ASCII, space, tab, bytes over 0x7f. */
export function isFieldByte(code: number): boolean {
  return fieldBytes[code] === 1;
}

/** Value of a hexadecimal digit, -1 for anything else. */
export function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
