import { describe, expect, it } from 'vitest';
import { bodies, CHUNKED, GET, HOST, open, SOON, frontRigs } from './testing/front-rig.ts';

const start = frontRigs();

describe('whole requests', () => {
  it('are served before node:http, one answer after the other', async () => {
    const rig = await start();
    const client = await open(rig);
    client.socket.write(`${GET}POST /post HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nhi${GET}`);
    await expect
      .poll(() => bodies(client.received()), SOON)
      .toEqual(['GET /get ', 'POST /post hi', 'GET /get ']);
    expect(rig.readers).toEqual(['front', 'front', 'front']);
    expect(rig.closed).toEqual([true, true, true]);
  });

  it('wait until the one before is answered', async () => {
    const rig = await start();
    const client = await open(rig);
    client.socket.write(`GET /wait1 HTTP/1.1\r\n${HOST}\r\n`);
    await expect.poll(() => rig.waiting.length, SOON).toBe(1);
    client.socket.write(`GET /wait2 HTTP/1.1\r\n${HOST}\r\n${CHUNKED}`);
    client.socket.write(GET);
    rig.waiting[0]?.writeHead(204, []);
    rig.waiting[0]?.end();
    await expect.poll(() => rig.waiting.length, SOON).toBe(2);
    expect(rig.readers).toEqual(['front', 'front']);
    rig.waiting[1]?.writeHead(204, []);
    rig.waiting[1]?.end();
    await expect
      .poll(() => bodies(client.received()), SOON)
      .toEqual(['POST /chunked hi', 'GET /get ']);
    expect(rig.readers).toEqual(['front', 'front', 'node', 'node']);
  });

  it('are stopped from piling up: what waits is bounded, and none of it lost', async () => {
    const rig = await start();
    const client = await open(rig);
    const most = 4_000;
    client.socket.write(`GET /wait HTTP/1.1\r\n${HOST}\r\n`);
    await expect.poll(() => rig.waiting.length, SOON).toBe(1);
    client.socket.write(GET.repeat(most));
    await expect.poll(() => [...rig.sockets].some((socket) => socket.isPaused()), SOON).toBe(true);
    rig.waiting[0]?.writeHead(204, []);
    rig.waiting[0]?.end();
    await expect.poll(() => rig.readers.length, SOON).toBe(most + 1);
  });

  it('have no body after HEAD, 204 and 304, and chunks where no length is known', async () => {
    const rig = await start();
    const client = await open(rig);
    client.socket.write(`HEAD /head HTTP/1.1\r\n${HOST}\r\nGET /204 HTTP/1.1\r\n${HOST}\r\n`);
    client.socket.write(`GET /stream HTTP/1.1\r\n${HOST}\r\n`);
    await expect.poll(client.received, SOON).toMatch(/x-t: 1\r\n\r\n$/);
    const [head = '', empty = '', ...rest] = client.received().split('\r\n\r\n');
    expect(head).toContain('content-length: 11\r\n');
    expect(empty).toMatch(/^HTTP\/1\.1 204 No Content\r\n/);
    expect(empty).not.toMatch(/content-length|transfer-encoding/);
    expect(rest.join('|')).toContain('|c\r\nGET /stream \r\n2\r\nÃ©\r\n0\r\nx-t: 1|');
  });

  it('end the connection when either side says so, and what follows is not read', async () => {
    const rig = await start();
    const ours = await open(rig);
    ours.socket.write(`GET /close HTTP/1.1\r\n${HOST}\r\n${GET}`);
    const theirs = await open(rig);
    theirs.socket.write(`GET /get HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n${GET}`);
    await expect.poll(() => ours.isClosed() && theirs.isClosed(), SOON).toBe(true);
    expect(rig.readers).toHaveLength(2);
    for (const { received } of [ours, theirs])
      expect(received()).toContain('connection: close\r\n');
  });

  it('behind the last answer are not read, also when they come later', async () => {
    const rig = await start();
    const client = await open(rig);
    client.socket.write(`GET /get HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
    await expect.poll(() => rig.closed, SOON).toEqual([true]);
    for (const feed of rig.feeds) expect(feed(Buffer.from(GET))).toBe(true);
    expect(rig.readers).toEqual(['front']);
  });

  it('whose client leaves are closed without being whole', async () => {
    const rig = await start();
    const client = await open(rig);
    client.socket.write(`GET /wait HTTP/1.1\r\n${HOST}\r\n`);
    await expect.poll(() => rig.waiting.length, SOON).toBe(1);
    client.socket.destroy();
    await expect.poll(() => rig.closed, SOON).toEqual([false]);
    expect(rig.waiting[0]?.destroyed).toBe(true);
  });

  it('refuse to write what no header may hold', async () => {
    const rig = await start();
    const client = await open(rig);
    client.socket.write(`GET /wait HTTP/1.1\r\n${HOST}\r\n`);
    await expect.poll(() => rig.waiting.length, SOON).toBe(1);
    const [response] = rig.waiting;
    expect(() => response?.writeHead(200, ['x-a', 'b\r\nx-c: d'])).toThrow(TypeError);
    expect(() => response?.writeHead(200, ['x a', 'b'])).toThrow(TypeError);
    expect(() => response?.writeHead(0, [])).toThrow(RangeError);
    expect(response?.headersSent).toBe(false);
    expect(client.received()).toBe('');
  });
});

describe('bytes that are read in place', () => {
  it('are overwritten by the next connection, but not the body of a request', async () => {
    const rig = await start();
    const first = await open(rig);
    first.socket.write(`POST /wait HTTP/1.1\r\n${HOST}Content-Length: 4\r\n\r\nmine`);
    await expect.poll(() => rig.waiting.length, SOON).toBe(1);
    const second = await open(rig);
    second.socket.write(`POST /post HTTP/1.1\r\n${HOST}Content-Length: 4\r\n\r\ngone`);
    await expect.poll(() => bodies(second.received()), SOON).toEqual(['POST /post gone']);
    expect(rig.given.map(String)).toEqual(['mine', 'gone']);
  });

  it('and wait for their rest or their turn are kept, too', async () => {
    const rig = await start();
    const [piece, pipelined, other] = [await open(rig), await open(rig), await open(rig)];
    pipelined.socket.write(`GET /wait HTTP/1.1\r\n${HOST}\r\n`);
    await expect.poll(() => rig.waiting.length, SOON).toBe(1);
    pipelined.socket.write(`POST /post HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nmy`);
    piece.socket.write(GET.slice(0, 20));
    other.socket.write(`PUT /put HTTP/1.1\r\n${HOST}X-A: ${'a'.repeat(900)}\r\n\r\n`);
    await expect.poll(() => bodies(other.received()), SOON).toEqual(['PUT /put ']);
    expect(rig.readers).toHaveLength(2);
    piece.socket.write(GET.slice(20));
    rig.waiting[0]?.writeHead(204, []);
    rig.waiting[0]?.end();
    await expect.poll(() => bodies(pipelined.received()), SOON).toEqual(['POST /post my']);
    await expect.poll(() => bodies(piece.received()), SOON).toEqual(['GET /get ']);
  });
});
