import type { Random } from './random.ts';
import type { RequestParts } from './request-parts.ts';

/**
 * Ways to say how long a body is that parsers have disagreed about (RFC 9112 6 and the published
 * request smuggling tables), each as the bytes of header lines.
 */
const ENCODINGS: readonly [string, ...string[]] = [
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: Chunked',
  'Transfer-Encoding:chunked',
  'Transfer-Encoding:  chunked  ',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding: \x0bchunked',
  'Transfer-Encoding: chunked\x0c',
  'Transfer-Encoding: \0chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunkedx',
  'Transfer-Encoding: chunk',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: identity, chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: chunked,',
  'Transfer-Encoding: ,chunked',
  'Transfer-Encoding: chunked;q=0.5',
  'Transfer-Encoding: "chunked"',
  'Transfer-Encoding: identity',
  'Transfer-Encoding:',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding\t: chunked',
  ' Transfer-Encoding: chunked',
  'Transfer_Encoding: chunked',
  'Transfer-Encoding:\r\n chunked',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
  'Transfer-Encoding: identity\r\nTransfer-Encoding: chunked',
  'X: y\nTransfer-Encoding: chunked',
  'X: y\rTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked\nX: y',
  'TRANSFER-ENCODING: CHUNKED',
];

const LENGTHS: readonly [string, ...string[]] = [
  '0',
  '1',
  '3',
  '5',
  '44',
  '00',
  '05',
  '+5',
  '-1',
  '-0',
  ' 5',
  '5 ',
  '5,5',
  '5, 5',
  '5;',
  '0x5',
  '5e1',
  '5.0',
  '',
  ' ',
  '"5"',
  '4294967301',
  '18446744073709551621',
  '999999999',
  '5\x0b',
  '5\0',
  '٥',
];

const NAMES: readonly [string, ...string[]] = [
  'Content-Length',
  'content-length',
  'CONTENT-LENGTH',
  'Content_Length',
  'Content-Length ',
  'Content-Length\t',
  ' Content-Length',
  'Content-Length\0',
];

type Bend = (parts: RequestParts, random: Random) => void;

const withoutLength: Bend = (parts) => {
  parts.headers = parts.headers.filter((line) => !/^(content-length|transfer-enc)/i.test(line));
};

const addLength: Bend = (parts, random) => {
  const value = Buffer.from(random.pick(LENGTHS)).toString('latin1');
  parts.headers.push(
    `${random.pick(NAMES)}: ${random.once(3) ? String(parts.body.length) : value}`,
  );
};

const addEncoding: Bend = (parts, random) => {
  parts.headers.push(random.pick(ENCODINGS));
};

const LINES: readonly [string, ...string[]] = [
  'GET  @ HTTP/1.1',
  'GET\t@ HTTP/1.1',
  'GET @  HTTP/1.1',
  'GET @ HTTP/1.1 ',
  'GET @ HTTP/1.0',
  'GET @ HTTP/1.2',
  'GET @ HTTP/2.0',
  'GET @ http/1.1',
  'GET @ HTTP/1.1\0',
  'GET @',
  'GET @ HTTP/01.1',
  'get @ HTTP/1.1',
  'GE\0T @ HTTP/1.1',
  'PRI * HTTP/2.0',
  'TRACE @ HTTP/1.1',
  'CONNECT @ HTTP/1.1',
  'CONNECT fuzz.example:80 HTTP/1.1',
  'GET http://fuzz.example@ HTTP/1.1',
  'GET http://evil@ HTTP/1.1',
  'GET * HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'GET @#x HTTP/1.1',
  'GET \\@ HTTP/1.1',
  'GET @/../x HTTP/1.1',
  'GET @%00 HTTP/1.1',
  'GET @%2e%2e%2fx HTTP/1.1',
  'GET @%0d%0aX:y HTTP/1.1',
  'GET /@ HTTP/1.1',
  'GET @?a=%0d%0a HTTP/1.1',
  'GET @?\x7f HTTP/1.1',
  'GET @é HTTP/1.1',
  '\r\n\r\nGET @ HTTP/1.1',
  'POST @ HTTP/1.1',
  'BREW @ HTTP/1.1',
  'GET @ HTTP/1.1\r\n',
  'GET @ HTTP/1.1\r\nX',
  'M-SEARCH @ HTTP/1.1',
  'QUERY @ HTTP/1.1',
  'PROPFIND @ HTTP/1.1',
  'SOURCE @ HTTP/1.1',
  'GET @ ICE/1.0',
  'GET @ RTSP/1.0',
];

const otherLine: Bend = (parts, random) => {
  const marker = parts.line.split(' ')[1] ?? '';
  parts.line = random.pick(LINES).replace('@', marker);
};

const HOSTS: readonly [string, ...string[]] = [
  '',
  'Host: other',
  'Host: fuzz.example\r\nHost: fuzz.example',
  'Host:',
  'Host : a',
  'Host: a b',
  'Host: a\r\nhost: b',
  'Host: fuzz.example@evil',
  'Host: a,b',
  ' Host: a',
  'Host:\r\n a',
];

const otherHost: Bend = (parts, random) => {
  const line = random.pick(HOSTS);
  parts.headers = parts.headers.filter((each) => !each.startsWith('Host:'));
  if (line !== '') parts.headers.push(line);
};

const BENDS: readonly [Bend, ...Bend[]] = [
  withoutLength,
  addLength,
  addLength,
  addEncoding,
  addEncoding,
  otherLine,
  otherHost,
];

/** Bends how the request is framed, a little or a lot. */
export function bendFraming(parts: RequestParts, random: Random): void {
  for (let times = random.int(4); times > 0; times -= 1) random.pick(BENDS)(parts, random);
}
