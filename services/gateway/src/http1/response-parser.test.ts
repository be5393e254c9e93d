import { describe, expect, it } from 'vitest';
import { readOurs } from './testing/read-answer.ts';
import type { Reading } from './testing/read-answer.ts';

const OK = 'HTTP/1.1 200 OK\r\n';

function read(text: string, method = 'GET'): Reading {
  const reading = readOurs([Buffer.from(text, 'latin1')], method);
  if (reading instanceof Error) throw reading;
  return reading;
}

function bytesOf(text: string): Buffer[] {
  return Array.from(Buffer.from(text, 'latin1'), (byte) => Buffer.of(byte));
}

describe('an answer', () => {
  it.each(['Transfer-Encoding: chunked\t', 'content-length: 2\t'])(
    'with a tab behind its framing is refused: others read it otherwise (%j)',
    (line) => {
      const reading = readOurs([Buffer.from(`${OK}${line}\r\n\r\n2\r\nhi\r\n0\r\n\r\n`)]);
      expect(reading).toBeInstanceOf(Error);
    },
  );

  it.each([
    ['with a length', `${OK}Content-Length: 2\r\nX-A:  b \r\n\r\nhi`, 'GET', 'hi'],
    ['without a reason', 'HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nhi', 'GET', 'hi'],
    ['without the space of a reason', 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nhi', 'GET', 'hi'],
    [
      'in chunks',
      `${OK}Transfer-Encoding: Chunked\r\n\r\n1\r\nh\r\n01\r\ni\r\n0\r\n\r\n`,
      'GET',
      'hi',
    ],
    [
      'with extensions',
      `${OK}transfer-encoding: chunked\r\n\r\n2;a;b=c\r\nhi\r\n0;z\r\n\r\n`,
      'GET',
      'hi',
    ],
    ['until the end', `${OK}\r\nhi`, 'GET', 'hi'],
    ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nhi', 'GET', 'hi'],
    ['to HEAD', `${OK}content-length: 2\r\n\r\n`, 'HEAD', ''],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', 'GET', ''],
    ['304 with a length', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n', 'GET', ''],
    [
      'after interim ones',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: a\r\n\r\n${OK}content-length: 2\r\n\r\nhi`,
      'GET',
      'hi',
    ],
  ])('%s is read', (_name, text, method, body) => {
    const reading = read(text, method);
    expect(reading).toMatchObject({ body, complete: true, excess: false });
  });

  it('keeps headers in order, repeated ones apart, names in lower case', () => {
    const { headers } = read(
      `${OK}Set-Cookie: a=1\r\nX-B:\t b c\t\r\nset-cookie: \r\ncontent-length:0\r\n\r\n`,
    );
    expect(headers).toEqual([
      ...['set-cookie', 'a=1', 'x-b', 'b c', 'set-cookie', '', 'content-length', '0'],
    ]);
  });

  it('hands trailers on', () => {
    const text = `${OK}transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\nx-b: 2\r\n\r\n`;
    expect(read(text).trailers).toEqual(['x-sum', '1', 'x-b', '2']);
  });

  it.each([
    [`${OK}content-length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\n\r\n`, 'GET'],
    [`${OK}content-length: 2\r\n\r\nhi`, 'HEAD'],
    ['HTTP/1.1 204 No Content\r\n\r\nx', 'GET'],
    [`${OK}transfer-encoding: chunked\r\n\r\n0\r\n\r\n0\r\n\r\n`, 'GET'],
  ])('notices bytes behind it: %j', (text, method) => {
    expect(read(text, method)).toMatchObject({ complete: true, excess: true });
  });

  it.each([
    `${OK}content-length: 3\r\n\r\nhi`,
    `${OK}transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n`,
    OK,
  ])('is not complete: %j', (text) => {
    expect(read(text).complete).toBe(false);
  });
});

const head = (line: string): string => `${OK}${line}\r\ncontent-length: 0\r\n\r\n`;
const chunks = (text: string): string => `${OK}transfer-encoding: chunked\r\n\r\n${text}`;

describe('what is refused', () => {
  it.each([
    ['another protocol', 'SSH-2.0-x\r\n'],
    ['nothing before the status line', `\r\n${OK}\r\n`],
    ['HTTP/2 in text', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['HTTP/1.2', 'HTTP/1.2 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status of 099', 'HTTP/1.1 099 OK\r\n\r\n'],
    ['a status of 600', 'HTTP/1.1 600 OK\r\n\r\n'],
    ['two spaces', 'HTTP/1.1  200 OK\r\n\r\n'],
    ['bare LF', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n'],
    ['bare LF in a header', head('x-a: b\nx-c: d')],
    ['bare CR in a header', head('x-a: b\rx-c: d')],
    ['NUL', head('x-a: b\0')],
    ['a control byte', head('x-a: \u0001')],
    ['DEL', head('x-a: \u007f')],
    ['a folded line', head('x-a: b\r\n c')],
    ['a space before the colon', head('x-a : b')],
    ['no colon', head('x-a')],
    ['an empty name', head(': b')],
    ['a name with a space', head('x a: b')],
    ['a length twice', head('content-length: 0')],
    ['a list as length', `${OK}content-length: 1, 1\r\n\r\nx`],
    ['a length with a sign', `${OK}content-length: +1\r\n\r\nx`],
    ['a negative length', `${OK}content-length: -1\r\n\r\nx`],
    ['a hexadecimal length', `${OK}content-length: 0x1\r\n\r\nx`],
    ['an empty length', `${OK}content-length:\r\n\r\nx`],
    ['a length over 2^53', `${OK}content-length: 99999999999999999999\r\n\r\nx`],
    ['both framings', head('transfer-encoding: chunked')],
    ['two encodings', `${OK}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['an unknown encoding', `${OK}transfer-encoding: identity\r\n\r\n`],
    [
      'chunked twice',
      `${OK}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a head over 64 KiB', `${OK}x-a: ${'a'.repeat(65_536)}\r\n\r\n`],
    ['101 unasked', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
    ['interim answers without end', 'HTTP/1.1 103 Early\r\n\r\n'.repeat(17)],
    ['an interim answer of HTTP/1.0', `HTTP/1.0 100 Continue\r\n\r\n${OK}\r\n`],
    ['an interim answer with a body', 'HTTP/1.1 103 Early\r\ncontent-length: 1\r\n\r\nx'],
    ['an empty chunk size', chunks('\r\nx\r\n0\r\n\r\n')],
    ['a chunk size with a sign', chunks('+1\r\nx\r\n0\r\n\r\n')],
    ['a chunk size of 0x1', chunks('0x1\r\nx\r\n0\r\n\r\n')],
    ['a space behind a chunk size', chunks('1 \r\nx\r\n0\r\n\r\n')],
    ['a chunk size of 13 digits', chunks('0000000000001\r\nx\r\n0\r\n\r\n')],
    ['bare LF behind a chunk size', chunks('1\nx\r\n0\r\n\r\n')],
    ['bare LF in an extension', chunks('1;a\nx\r\n0\r\n\r\n')],
    ['a quoted extension', chunks('1;a="b"\r\nx\r\n0\r\n\r\n')],
    ['an empty extension', chunks('1;\r\nx\r\n0\r\n\r\n')],
    ['extensions over 4 KiB', chunks(`1;${'a'.repeat(5_000)}\r\nx\r\n0\r\n\r\n`)],
    ['a chunk longer than its size', chunks('1\r\nxy\r\n0\r\n\r\n')],
    ['no CRLF behind a chunk', chunks('1\r\nx0\r\n\r\n')],
    ['bare LF in the trailers', chunks('0\r\nx-a: b\n\r\n')],
    ['a folded trailer', chunks('0\r\nx-a: b\r\n c\r\n\r\n')],
    ['trailers over 16 KiB', chunks(`0\r\nx-a: ${'a'.repeat(17_000)}\r\n\r\n`)],
  ])('%s', (_name, text) => {
    const whole = readOurs([Buffer.from(text, 'latin1')]);
    const bytewise = readOurs(bytesOf(text));
    for (const reading of [whole, bytewise]) {
      expect(reading).toMatchObject({ code: 'UPSTREAM_INVALID_ANSWER' });
    }
  });

  it('is refused before its end has come', () => {
    expect(readOurs([Buffer.from('HTTP/1.1 200 OK\n')])).toBeInstanceOf(Error);
    expect(readOurs([Buffer.from('HTTQ')])).toBeInstanceOf(Error);
  });
});
