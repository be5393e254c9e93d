import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 32 random bytes as text: what lets a browser in. */
export function newSessionToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares without telling by its duration how much of the token was right. */
export function isSameToken(given: string | null | undefined, token: string): boolean {
  if (given === null || given === undefined) return false;
  return timingSafeEqual(digest(given), digest(token));
}

/** Cookies don't know ports: the name keeps two consoles on one machine apart. */
export function sessionCookieName(port: number): string {
  return `omni_session_${String(port)}`;
}

/** Value of a cookie in a `Cookie` header. */
export function readCookie(header: string | undefined, name: string): string | null {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  const found = pairs.find((pair) => pair.startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
