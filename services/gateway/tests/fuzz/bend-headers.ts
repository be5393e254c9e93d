import type { Random } from './random.ts';
import { FUZZ_KEYS, letters } from './request-parts.ts';
import type { RequestParts } from './request-parts.ts';

/** Headers that mean something on the way: hop by hop, forwarding, identity, framing. */
const NAMES: readonly [string, ...string[]] = [
  'Connection',
  'Keep-Alive',
  'Proxy-Connection',
  'Proxy-Authorization',
  'Proxy-Authenticate',
  'TE',
  'Trailer',
  'Upgrade',
  'HTTP2-Settings',
  'Expect',
  'X-Omni-Principal',
  'X_Omni_Principal',
  'X-Omni-Internal',
  'X-Forwarded-For',
  'X_Forwarded_For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'Forwarded',
  'X-Real-IP',
  'CF-Connecting-IP',
  'True-Client-IP',
  'Via',
  'Max-Forwards',
  'Traceparent',
  'X-Request-Id',
  'Cookie',
  'Origin',
  'Access-Control-Request-Method',
  'Range',
  'If-Match',
  'Content-Type',
  'Accept-Encoding',
  'X-Original-URL',
  'X-Rewrite-URL',
  'X-HTTP-Method-Override',
  'X-Serverless-Authorization',
  'Sec-WebSocket-Key',
  'Alt-Svc',
  'Early-Data',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'status',
  ':authority',
  ':path',
  "x'x",
  'x"x',
  'x x',
  '',
];

const VALUES: readonly [string, ...string[]] = [
  '',
  ' ',
  'close',
  'keep-alive',
  'x-omni-principal, x-request-id, via, host',
  'x-api-key',
  'upgrade',
  'close, content-length',
  'close, transfer-encoding',
  'trailers',
  '100-continue',
  '100-Continue',
  'magic',
  'h2c',
  'websocket',
  'chunked',
  '127.0.0.1',
  '6.6.6.6, 203.0.113.9',
  '::1',
  'unknown',
  '0',
  '1',
  '1.0 a, 1.1 b',
  'https',
  'for=1.2.3.4;host=evil',
  '\x80\xff\xa0',
  'a\tb',
  'a\0b',
  'a\rb',
  'a\nb',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  '00-0-0-0',
  '*',
  '%0d%0a',
  '"',
  ',',
  ';',
  'application/json',
  "'; DROP TABLE keys; --",
  '${jndi:ldap://x}',
  '../../etc/passwd',
  '{}',
];

/** Adds headers that mean something, random ones, very long ones, very many. */
export function bendHeaders(parts: RequestParts, random: Random): void {
  for (let times = 1 + random.int(6); times > 0; times -= 1) {
    const name = random.once(8) ? letters(random, 1 + random.int(20)) : random.pick(NAMES);
    const value = random.once(8) ? letters(random, random.int(200)) : random.pick(VALUES);
    parts.headers.push(`${name}:${random.once(4) ? '' : ' '}${value}`);
  }
  if (random.once(50)) {
    for (let times = 90 + random.int(30); times > 0; times -= 1)
      parts.headers.push(`X-${times}: 1`);
  }
  if (random.once(100))
    parts.headers.push(`X-Long: ${letters(random, 14_000 + random.int(4_000))}`);
}

const SPELLINGS: readonly [string, ...string[]] = [
  'X-Api-Key: @',
  'x-api-key:@',
  'X-API-KEY:\t@\t',
  'X_Api_Key: @',
  'X-Api-Key : @',
  'X-Api-Key:\r\n @',
  'Authorization: Bearer @',
  'Authorization: bearer  @',
  'Authorization: BEARER @',
  'Authorization: Bearer@',
  'Authorization: Bearer @, Bearer @',
  'Authorization: Basic @',
  'Authorization: @',
  'Authorization: Bearer "@"',
  'Authorization: Bearer\t@',
  'Authorization: Token @',
  'Proxy-Authorization: Bearer @',
  'Cookie: x-api-key=@',
  'X-Api-Key: @, @',
  'X-Api-Key: "@"',
  'X-Api-Key: @;',
  'X-Api-Key:  ',
  'X-Api-Key: @\r\nX-Api-Key: @',
  'Authorization: Bearer @\r\nX-Api-Key: @',
  'X-Api-Key: @\0',
  'X-Api-Key: \xa0@',
];

/** Takes the credential away and puts others in its place: near misses, junk, two at once. */
export function bendKeys(parts: RequestParts, random: Random): void {
  parts.headers = parts.headers.filter((line) => !line.startsWith('X-Api-Key'));
  for (let times = random.int(3); times > 0; times -= 1) {
    parts.headers.push(random.pick(SPELLINGS).replaceAll('@', () => keyText(random)));
  }
  if (random.once(10)) parts.line = parts.line.replace(' HTTP', `?x-api-key=${FUZZ_KEYS[0]} HTTP`);
}

function keyText(random: Random): string {
  const key = random.pick(FUZZ_KEYS);
  const at = random.int(key.length);
  const forms: readonly [() => string, ...(() => string)[]] = [
    () => key,
    () => key,
    () => key,
    () => key.slice(0, at),
    () => `${key}${letters(random, 1)}`,
    () => key.toUpperCase(),
    () => `${key.slice(0, at)}${letters(random, 1)}${key.slice(at + 1)}`,
    () => `omni_live_${base62(random, 50)}`,
    () => `omni_${letters(random, 1 + random.int(10))}_${base62(random, 48 + random.int(4))}`,
    () => "' OR '1'='1",
    () => letters(random, random.int(5_000)),
    () => '',
  ];
  return random.pick(forms)();
}

function base62(random: Random, length: number): string {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let text = '';
  while (text.length < length) text += alphabet[random.int(62)] ?? '';
  return text;
}
