import { isPlainTarget } from '../proxy/request-checks.ts';

/** Escapes of characters that need none (RFC 3986 2.3): to every server `%61` is `a`. */
const NEEDLESS_ESCAPE = /%(?:3[0-9]|[46][1-9A-F]|[57][0-9A]|2[DE]|5F|7E)/gi;
const EMPTY_SEGMENTS = /\/{2,}/g;

/**
 * The path by which a route is found. Needless escapes and empty segments are resolved, because an
 * upstream may resolve them too and must not get a path by another route than the one it stands for.
 */
export function canonicalPath(path: string): string {
  const unescaped = withoutNeedlessEscapes(path);
  return unescaped.includes('//') ? unescaped.replaceAll(EMPTY_SEGMENTS, '/') : unescaped;
}

/** What is sent on: escapes as RFC 3986 6.2.2.2 has them; empty segments are the client's affair. */
export function withoutNeedlessEscapes(path: string): string {
  if (!path.includes('%')) return path;
  return path.replaceAll(NEEDLESS_ESCAPE, (escape) =>
    String.fromCharCode(Number.parseInt(escape.slice(1), 16)),
  );
}

/** Whether a text can be a route's prefix: plain, canonical, `/` or without a slash at its end. */
export function isPathPrefix(text: string): boolean {
  if (text === '/') return true;
  return (
    isPlainTarget(text) &&
    !text.includes('?') &&
    !text.endsWith('/') &&
    canonicalPath(text) === text
  );
}
