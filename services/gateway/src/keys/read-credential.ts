export type Credential = { kind: 'none' } | { kind: 'ambiguous' } | { kind: 'key'; key: string };

const BEARER = /^Bearer +([^\s,]+)$/i;
const NONE: Credential = { kind: 'none' };
const AMBIGUOUS: Credential = { kind: 'ambiguous' };

/** The headers that carry keys. */
export interface CredentialHeaders {
  readonly authorization?: string | undefined;
  readonly 'x-api-key'?: string | undefined;
  /** A header came more than once: then only the raw headers tell the values apart. */
  readonly repeated: boolean;
}

/**
 * The key of a request: `x-api-key` or `Authorization: Bearer`, nowhere else (never the query).
 * Two different values are refused instead of guessed: a proxy before us might have guessed
 * otherwise.
 */
export function readCredential(
  headers: CredentialHeaders,
  rawHeaders: readonly string[],
): Credential {
  if (headers.repeated) return readRepeated(rawHeaders);
  const plain = withoutSpace(headers['x-api-key'] ?? '');
  const token = headers.authorization === undefined ? '' : tokenOf(headers.authorization);
  if (plain !== '' && token !== '' && plain !== token) return AMBIGUOUS;
  const key = plain === '' ? token : plain;
  return key === '' ? NONE : { kind: 'key', key };
}

function tokenOf(authorization: string): string {
  return BEARER.exec(withoutSpace(authorization))?.[1] ?? '';
}

/** Without the space that HTTP allows around values; `trim` also takes U+00A0 and others away. */
function withoutSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return end - start === text.length ? text : text.slice(start, end);
}

const isSpace = (code: number): boolean => code === 32 || code === 9;

function readRepeated(rawHeaders: readonly string[]): Credential {
  const values = new Set<string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase();
    const value = rawHeaders[i + 1] ?? '';
    if (name === 'x-api-key') values.add(withoutSpace(value));
    else if (name === 'authorization') values.add(tokenOf(value));
  }
  values.delete('');
  const [key, second] = values;
  if (key === undefined) return NONE;
  return second === undefined ? { kind: 'key', key } : AMBIGUOUS;
}
