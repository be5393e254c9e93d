import type { IncomingMessage } from 'node:http';

export type Credential = { kind: 'none' } | { kind: 'ambiguous' } | { kind: 'key'; key: string };

const BEARER = /^Bearer +([^\s,]+)$/i;

/**
 * The key of a request: `x-api-key` or `Authorization: Bearer`, nowhere else (never the query).
 * Two different values are refused instead of guessed: a proxy before us might have guessed
 * otherwise.
 */
export function readCredential(request: IncomingMessage): Credential {
  const values = new Set<string>();
  for (const header of valuesOf(request, 'x-api-key')) values.add(header.trim());
  for (const header of valuesOf(request, 'authorization')) {
    const token = BEARER.exec(header.trim())?.[1];
    if (token !== undefined) values.add(token);
  }
  values.delete('');
  const [key, second] = values;
  if (key === undefined) return { kind: 'none' };
  return second === undefined ? { kind: 'key', key } : { kind: 'ambiguous' };
}

/** Every value of a header: Node's `headers` joins or drops repeated ones. */
function valuesOf({ headers, rawHeaders }: IncomingMessage, name: string): readonly string[] {
  if (headers[name] === undefined) return [];
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '');
  }
  return values;
}
