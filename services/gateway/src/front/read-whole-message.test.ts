import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_BODY_BYTES,
  MAX_HEAD_BYTES,
  MORE,
  OTHER,
  readWholeMessage,
} from './read-whole-message.ts';
import type { WholeMessage } from './whole-request.ts';

const GET = 'GET /a?b=c HTTP/1.1\r\nHost: a\r\nX-Kind:\t b \r\n\r\n';
const POST = 'POST /a HTTP/1.1\r\nhost: a\r\nContent-Length: 5\r\n\r\nhello';

function read(text: string, from = 0): WholeMessage | string {
  return readWholeMessage(Buffer.from(text, 'latin1'), from);
}

function whole(text: string, from = 0): WholeMessage {
  const message = read(text, from);
  if (typeof message === 'string') throw new Error(message);
  return message;
}

describe('a whole request', () => {
  it('is read with its headers as they came', () => {
    expect(whole(GET)).toEqual({
      ...{ method: 'GET', target: '/a?b=c', body: null, keepAlive: true },
      rawHeaders: ['Host', 'a', 'X-Kind', 'b'],
      end: GET.length,
    });
  });

  it('is read with its body, and says where the next one begins', () => {
    const { body, end } = whole(`${GET}${POST}${GET}`, GET.length);
    expect(body?.toString('latin1')).toBe('hello');
    expect(end).toBe(GET.length + POST.length);
  });

  it.each([
    ['close', false],
    ['Keep-Alive', true],
  ])('says whether its connection goes on: %s', (option, goesOn) => {
    const text = `DELETE / HTTP/1.1\r\nHost: a\r\nConnection: ${option}\r\n\r\n`;
    expect(whole(text).keepAlive).toBe(goesOn);
  });

  it('keeps bytes over 0x7f in values', () => {
    expect(whole('GET / HTTP/1.1\r\nX-A: \u00e9\u00ff\r\n\r\n').rawHeaders).toEqual([
      'X-A',
      '\u00e9\u00ff',
    ]);
  });
});

describe('a request that is not whole', () => {
  it.each([GET, POST])('is waited for, wherever it is cut: %j', (text) => {
    for (let length = 0; length < text.length; length += 1) {
      expect(read(text.slice(0, length)), text.slice(0, length)).toBe(MORE);
      // What lies behind is of an earlier read.
      expect(readWholeMessage(Buffer.from(text, 'latin1'), 0, length)).toBe(MORE);
    }
  });

  it('is not waited for beyond the limits', () => {
    const long = `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(MAX_HEAD_BYTES)}`;
    expect(read(long)).toBe(OTHER);
    const large = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${MAX_BODY_BYTES + 1}\r\n\r\n`;
    expect(read(large)).toBe(OTHER);
  });
});

describe('anything else is left to node:http', () => {
  it.each([
    ...[
      'NO HTTP\r\n\r\n',
      '\u0016\u0003\u0001',
      '\r\nGET / HTTP/1.1\r\n\r\n',
      ' GET / HTTP/1.1\r\n\r\n',
    ],
    ...['GET\t/ HTTP/1.1\r\n\r\n', 'GET  / HTTP/1.1\r\n\r\n', 'get / HTTP/1.1\r\n\r\n'],
    ...[
      'GET / HTTP/1.0\r\n\r\n',
      'GET / HTTP/1.10\r\n\r\n',
      'GET / HTTP/2.0\r\n\r\n',
      'GET /\r\n\r\n',
    ],
    ...['GET / HTTP/1.1\n\n', 'GET / HTTP/1.1 \r\n\r\n', 'GET http://a/ HTTP/1.1\r\n\r\n'],
    ...['OPTIONS * HTTP/1.1\r\n\r\n', 'CONNECT /a HTTP/1.1\r\n\r\n', 'TRACE / HTTP/1.1\r\n\r\n'],
    ...['GET /\u00e9 HTTP/1.1\r\n\r\n', 'GET /\0 HTTP/1.1\r\n\r\n', 'PROPFIND / HTTP/1.1\r\n\r\n'],
  ])('a start line that is not the plainest: %j', (text) => {
    expect(read(text)).toBe(OTHER);
  });

  it.each([
    ...['X-A : b', ' X-A: b', ': b', 'X-A', 'X-A: b\r', 'X-A: b\rc', 'X-A: b\0', 'X-A: b\u007f'],
    ...['X-A: b\t', 'X-\u00e9: b', 'X A: b', 'X-A: b\r\n c'],
    ...['Transfer-Encoding: chunked', 'transfer-encoding: identity', 'Expect: 100-continue'],
    ...['Upgrade: websocket', 'Proxy-Connection: close', 'Connection: upgrade'],
    ...['Connection: close, x-a', 'Connection: close\r\nConnection: close', 'Connection:'],
    ...['Content-Length: 5\r\nContent-Length: 5', 'Content-Length: 5, 5', 'Content-Length: +5'],
    ...['Content-Length: -1', 'Content-Length: 0x5', 'Content-Length:', 'Content-Length: 5\t'],
  ])('a header that says more, or is wrong: %j', (line) => {
    expect(read(`POST / HTTP/1.1\r\nHost: a\r\n${line}\r\n\r\nhello`)).toBe(OTHER);
  });

  it('whatever the bytes are, in no more than their length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const bytes = Buffer.concat([Buffer.from('GET / HTTP/1.1\r\n'), Buffer.from(noise)]);
        const message = readWholeMessage(bytes, 0);
        if (typeof message !== 'string') expect(message.end).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 500 },
    );
  });
});
