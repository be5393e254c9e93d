import { describe, expect, it } from 'vitest';
import { NotHttp, readAnswer, readRequest } from './strict-http.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('readRequest', () => {
  it('reads length, chunks and trailers', () => {
    const plain = readRequest(
      bytes('\r\nPOST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi'),
    );
    expect(plain?.start).toEqual(['POST', '/a', 'HTTP/1.1']);
    expect(plain?.body.toString()).toBe('hi');
    const chunked = readRequest(
      bytes(
        'POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: Chunked\r\n\r\n2;x=y\r\nhi\r\n0\r\na: b\r\n\r\nGET',
      ),
    );
    expect(chunked?.body.toString()).toBe('hi');
    expect(chunked?.trailers).toEqual([['a', 'b']]);
  });

  it.each([
    'GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nh',
    'GET / HTTP/1.1\r\nHost: h',
    'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n',
  ])('waits for more of %j', (text) => {
    expect(readRequest(bytes(text))).toBeNull();
  });

  it.each([
    'GET  / HTTP/1.1\r\nHost: h\r\n\r\n',
    'GET / HTTP/1.1\nHost: h\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\nHost : h\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: h\r\nA: \0\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\na',
    'GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na',
    'GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
    'GET / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nhi\r\n0\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\nh\r\n0\r\n\r\n',
  ])('refuses %j', (text) => {
    expect(() => readRequest(bytes(text))).toThrow(NotHttp);
  });
});

describe('readAnswer', () => {
  it('knows which answers have no body, and bodies that end with the connection', () => {
    const text = bytes('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n');
    expect(readAnswer(text)).toBeNull();
    expect(readAnswer(text, 0, { head: true })?.end).toBe(text.length);
    const open = bytes('HTTP/1.1 200 OK\r\n\r\nrest');
    expect(readAnswer(open)).toBeNull();
    expect(readAnswer(open, 0, { closed: true })?.body.toString()).toBe('rest');
    expect(readAnswer(bytes('HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n'))?.start[1]).toBe('103');
  });

  it.each(['HTTP/1.1 20 OK\r\n\r\n', 'HTTP/2 200 OK\r\n\r\n', 'hello\r\n\r\n'])(
    'refuses %j',
    (text) => {
      expect(() => readAnswer(bytes(text))).toThrow(NotHttp);
    },
  );
});
