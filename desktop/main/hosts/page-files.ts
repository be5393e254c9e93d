import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { PAGE_HEADERS } from './page-headers.ts';

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Kinds of files that a build of the page holds; anything else is not served. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/**
 * A file of the built page, by the raw path of its address. A path without an extension is a route
 * of the page and gets index.html. Nothing outside the folder is ever read.
 */
export async function readPageFile(folder: string, rawPath: string): Promise<PageAnswer> {
  const relative = safePath(rawPath);
  if (relative === null) return plain(400, 'Bad request');
  const name = extname(relative) === '' ? 'index.html' : relative;
  const type = CONTENT_TYPES[extname(name)];
  if (type === undefined) return plain(404, 'Not found');
  try {
    const body = await readFile(join(folder, name));
    return {
      status: 200,
      headers: { ...PAGE_HEADERS, ...caching(name), 'content-type': type },
      body,
    };
  } catch (error) {
    return isMissing(error) ? plain(404, 'Not found') : plain(500, 'The file could not be read');
  }
}

/** A short text with the same headers. */
export function plain(status: number, text: string): PageAnswer {
  const headers = { ...PAGE_HEADERS, 'content-type': 'text/plain; charset=utf-8' };
  return { status, headers, body: new TextEncoder().encode(`${text}\n`) };
}

/**
 * The path inside the folder, or null for one that tries to leave it. Decoded once: what is still
 * encoded afterwards, or holds a backslash or NUL, was not made by our page.
 */
export function safePath(rawPath: string): string | null {
  const decoded = decode(rawPath);
  if (decoded === null || /[\\\0%]|^\/\//u.test(decoded)) return null;
  if (decoded.split('/').includes('..')) return null;
  const path = normalize(decoded).replace(/^\/+/u, '');
  return path.startsWith(`..${sep}`) ? null : path;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    // A malformed escape: refused like any other path that isn't ours.
    return null;
  }
}

/** Names of assets carry their content's hash; index.html names them and must be asked for anew. */
function caching(name: string): Readonly<Record<string, string>> {
  const lasting = name.startsWith('assets/');
  return { 'cache-control': lasting ? 'public, max-age=31536000, immutable' : 'no-cache' };
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR';
}
