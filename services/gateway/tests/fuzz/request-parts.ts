import type { Random } from './random.ts';

/** What one request is made of before it is written down. */
export interface RequestParts {
  line: string;
  headers: string[];
  body: string;
}

/** Keys of the gateway under test; their ids are `env_1` and `env_2`. */
export const FUZZ_KEYS = [
  'fuzz-key-one-0123456789abcdef',
  'fuzz-key-two-fedcba9876543210',
] as const;

const WITH_BODY: readonly [string, ...string[]] = ['POST', 'PUT', 'PATCH', 'DELETE'];
const WITHOUT: readonly [string, ...string[]] = ['GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'DELETE'];

/** A name that only this request has; it is in the target, so every finding can be attributed. */
export const markerOf = (index: number, part: number): string => `/f/${index}-${part}`;

/** An acceptable request: what all other inputs are bent from. */
export function plainRequest(random: Random, marker: string): RequestParts {
  const body = random.once(2) ? letters(random, random.int(60)) : '';
  const method = random.pick(body === '' ? WITHOUT : WITH_BODY);
  const key = random.pick(FUZZ_KEYS);
  const headers = ['Host: fuzz.example', `X-Api-Key: ${key}`];
  if (body !== '' && random.once(2))
    return chunkedRequest(random, { marker, method, headers, body });
  if (body !== '') headers.push(`Content-Length: ${body.length}`);
  return { line: `${method} ${marker} HTTP/1.1`, headers, body };
}

function chunkedRequest(
  random: Random,
  parts: { marker: string; method: string; headers: string[]; body: string },
): RequestParts {
  return {
    line: `${parts.method} ${parts.marker} HTTP/1.1`,
    headers: [...parts.headers, 'Transfer-Encoding: chunked'],
    body: chunked(random, parts.body),
  };
}

/** The text in chunks of any sizes, with their end. */
export function chunked(random: Random, text: string): string {
  let rest = text;
  let out = '';
  while (rest !== '') {
    const piece = rest.slice(0, 1 + random.int(rest.length));
    rest = rest.slice(piece.length);
    out += `${piece.length.toString(16)}\r\n${piece}\r\n`;
  }
  return `${out}0\r\n\r\n`;
}

/** The request as bytes; its headers in any order. */
export function write(random: Random, { line, headers, body }: RequestParts): string {
  const order = [...headers];
  for (let i = order.length - 1; i > 0; i -= 1) {
    const other = random.int(i + 1);
    [order[i], order[other]] = [order[other] ?? '', order[i] ?? ''];
  }
  return `${[line, ...order].join('\r\n')}\r\n\r\n${body}`;
}

/** A request hidden where a body should be, with a key that is good: it must stay a body. */
export function hiddenRequest(random: Random, marker: string): string {
  const key = random.pick(FUZZ_KEYS);
  return `GET ${marker}-hidden HTTP/1.1\r\nHost: fuzz.example\r\nX-Api-Key: ${key}\r\n\r\n`;
}

export function letters(random: Random, length: number): string {
  let text = '';
  while (text.length < length) text += String.fromCharCode(97 + random.int(26));
  return text;
}
