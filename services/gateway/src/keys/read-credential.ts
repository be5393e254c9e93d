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
  const plain = headers['x-api-key']?.trim() ?? '';
  const token = headers.authorization === undefined ? '' : tokenOf(headers.authorization);
  if (plain !== '' && token !== '' && plain !== token) return AMBIGUOUS;
  const key = plain === '' ? token : plain;
  return key === '' ? NONE : { kind: 'key', key };
}

function tokenOf(authorization: string): string {
  return BEARER.exec(authorization.trim())?.[1] ?? '';
}

function readRepeated(rawHeaders: readonly string[]): Credential {
  const values = new Set<string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase();
    const value = rawHeaders[i + 1] ?? '';
    if (name === 'x-api-key') values.add(value.trim());
    else if (name === 'authorization') values.add(tokenOf(value));
  }
  values.delete('');
  const [key, second] = values;
  if (key === undefined) return NONE;
  return second === undefined ? { kind: 'key', key } : AMBIGUOUS;
}
