import { z } from 'zod';
import { invalidArgument } from '../model/api-error.ts';

const DEFAULT_SIZE = 100;
const LARGEST_SIZE = 1000;
const NEWEST = 10 ** 15;

export interface Listing<T> {
  readonly items: readonly T[];
  /** Unique, and its order is the order of the list. */
  readonly keyOf: (item: T) => string;
  /** What is listed: a token of another list is refused. */
  readonly of: string;
}

export interface Page<T> {
  readonly items: T[];
  readonly nextPageToken: string;
}

/**
 * Cuts a page. The token names the last item that was given out and not a position, so that what is
 * created or deleted between two pages neither hides an item nor shows one twice.
 */
export function listPage<T>(
  { items, keyOf, of }: Listing<T>,
  { pageSize, pageToken }: { readonly pageSize: number; readonly pageToken: string },
): Page<T> {
  if (pageSize < 0) throw invalidArgument('page_size', 'must not be negative.');
  const size = Math.min(pageSize || DEFAULT_SIZE, LARGEST_SIZE);
  const after = pageToken === '' ? '' : readToken(pageToken, of);
  const rest = items
    .map((item) => ({ key: keyOf(item), item }))
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const more = rest.length > size && last !== undefined;
  return {
    items: page.map(({ item }) => item),
    nextPageToken: more ? writeToken(of, last.key) : '',
  };
}

/** A key that sorts the newest first. */
export function newestFirst(at: number, id: string): string {
  return `${String(NEWEST - at).padStart(16, '0')} ${id}`;
}

const token = z.tuple([z.string(), z.string()]);

function writeToken(of: string, last: string): string {
  return Buffer.from(JSON.stringify([of, last])).toString('base64url');
}

function readToken(text: string, of: string): string {
  try {
    const [listed, last] = token.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    if (listed === of) return last;
  } catch {
    // Not a token of ours: refused below like one of another list.
  }
  throw invalidArgument('page_token', 'is not one that this list gave out.');
}
