import { mutate } from './mutate.ts';
import { randomFor } from './random.ts';
import type { Random } from './random.ts';
import { chunked, letters } from './request-parts.ts';

const STATUS: readonly [string, ...string[]] = [
  '200 OK',
  '200',
  '200 ',
  '201 Created',
  '204 No Content',
  '304 Not Modified',
  '301 Moved',
  '404 Not Found',
  '500 Oops',
  '503 Busy',
  '299 Odd',
  '600 Beyond',
  '999 Beyond',
  '099 Low',
  '20 Short',
  '2000 Long',
  'abc Not',
  '101 Switching Protocols',
  '-200 Minus',
  '200 \x80\xff',
  '200 a\tb',
  '200 a\0b',
];

const HEADERS: readonly [string, ...string[]] = [
  'Trailer: x-a',
  'Connection: close',
  'Connection: keep-alive, x-secret',
  'Keep-Alive: timeout=5',
  'Server: hidden/1',
  'X-Powered-By: hidden',
  'Set-Cookie: a=1',
  'Set-Cookie: b=2',
  'X: \x80\xff',
  'X:',
  'X : y',
  ' X: y',
  'X: a\0b',
  'X: a\rb',
  'X: a\nb',
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 1, 1',
  'Content-Length: +2',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: xchunked',
  'Upgrade: h2c',
  'Proxy-Authenticate: Basic',
  'Retry-After: 1',
  'X-Request-Id: theirs',
  'X-Omni-Revision: 7',
  'Access-Control-Allow-Origin: *',
  '__proto__: x',
  'constructor: y',
  'Date: never',
  'Content-Encoding: gzip',
  'Location: http://evil/',
  'x: y\r\n folded',
  'no colon here',
  ': empty',
  '\x80: high',
  'X-Long: ' + 'x'.repeat(20_000),
];

/** What an upstream of ill will sends instead of an answer. */
export interface HostileAnswer {
  bytes: Buffer;
  /** Closes the connection after it. */
  close: boolean;
}

/** The answer to input number `index`; its body names the input, so that a mix-up shows. */
export function hostileAnswer(seed: number, index: number): HostileAnswer {
  const random = randomFor(seed ^ 0x5bd1e995, index);
  let text = random.once(8) ? interim(random) : '';
  text += oneAnswer(random, index);
  // A second answer that nobody asked for must never reach the next request.
  if (random.once(8)) text += oneAnswer(random, index);
  let bytes = Buffer.from(text, 'latin1');
  if (random.once(4)) bytes = Buffer.from(mutate(bytes, random));
  if (random.once(30)) bytes = bytes.subarray(0, random.int(bytes.length + 1));
  return { bytes, close: random.once(3) };
}

function interim(random: Random): string {
  const lines = [
    '103 Early Hints\r\nLink: </a>',
    '102 Processing',
    '100 Continue',
    '103 X\r\nContent-Length: 3',
  ];
  return `HTTP/1.1 ${random.pick(lines as [string, ...string[]])}\r\n\r\n`.repeat(
    1 + random.int(3),
  );
}

function oneAnswer(random: Random, index: number): string {
  const status = random.once(3) ? random.pick(STATUS) : '200 OK';
  const version = random.once(20)
    ? random.pick(['HTTP/1.0', 'HTTP/2', 'http/1.1', 'ICY'] as const)
    : 'HTTP/1.1';
  let body = `answer-to-${index}-${letters(random, random.int(40))}`;
  const headers: string[] = [];
  const framing = random.int(8);
  if (framing < 4) headers.push(`Content-Length: ${body.length}`);
  else if (framing < 6) {
    headers.push('Transfer-Encoding: chunked');
    body = chunked(random, body);
  } else if (framing === 6) headers.push(`Content-Length: ${body.length - 1 + random.int(3)}`);
  for (let times = random.int(4); times > 0; times -= 1) headers.push(random.pick(HEADERS));
  return `${[`${version} ${status}`, ...headers].join('\r\n')}\r\n\r\n${body}`;
}
