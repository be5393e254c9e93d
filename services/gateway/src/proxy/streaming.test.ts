import http from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sendRaw, startGateway, startUpstream, TEST_KEY } from '../test-rig.ts';
import type { TestGateway, TestUpstream, UpstreamHandler } from '../test-rig.ts';

/** Polling ends as soon as it is true; a busy machine may take a while. */
const SOON = { timeout: 10_000, interval: 5 };
const KEY = `Host: g\r\nX-Api-Key: ${TEST_KEY}\r\n`;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function rig(
  handler: UpstreamHandler,
): Promise<{ upstream: TestUpstream; gateway: TestGateway }> {
  const upstream = await startUpstream(handler);
  stops.push(upstream.stop);
  const gateway = await startGateway({ UPSTREAM_URL: upstream.url });
  stops.push(gateway.stop);
  return { upstream, gateway };
}

/** An upstream of raw bytes; `onText` gets what a connection received so far. */
async function rawRig(onText: (socket: Socket, text: string) => void): Promise<TestGateway> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let text = '';
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
      if (text.includes('/health/ready')) {
        text = '';
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      } else {
        onText(socket, text);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const gateway = await startGateway({ UPSTREAM_URL: `http://127.0.0.1:${port}` });
  stops.push(gateway.stop);
  return gateway;
}

const CHUNKED_POST = `POST /x HTTP/1.1\r\n${KEY}Transfer-Encoding: chunked\r\n`;

describe('trailers', () => {
  it('of a request reach the upstream, without those that would decide something', async () => {
    const { gateway, upstream } = await rig((request, response) => {
      request.resume().once('end', () => response.end('ok'));
    });
    const sent = `${CHUNKED_POST}Connection: close\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\nAuthorization: a\r\nX-Omni-Principal: p\r\nCookie: c\r\n\r\n`;
    expect(await sendRaw(gateway.port, sent)).toMatch(/^HTTP\/1.1 200/);
    expect(upstream.requests[0]?.rawTrailers).toEqual(['x-sum', '1']);
  });

  it('of an answer reach a client that reads them, and no other', async () => {
    const { gateway } = await rig((_request, response) => {
      response.writeHead(200, { trailer: 'x-sum' });
      response.write('hi');
      response.addTrailers({ 'x-sum': '1', 'set-cookie': 'a=b' });
      response.end();
    });
    const get = `GET /x HTTP/1.1\r\n${KEY}Connection: close\r\n`;
    const reads = await sendRaw(gateway.port, `${get}TE: trailers\r\n\r\n`);
    expect(reads).toMatch(/\r\n0\r\nx-sum: 1\r\n\r\n$/);
    const other = await sendRaw(gateway.port, `${get}\r\n`);
    expect(other).not.toContain('x-sum');
    expect(other).toMatch(/hi(\r\n0\r\n\r\n)?$/);
  });
});

describe('interim answers', () => {
  it('early hints reach the client before the answer', async () => {
    let finish: () => void = () => undefined;
    const gateway = await rawRig((socket) => {
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\nx-a: b\r\n\r\n');
      finish = () => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
    const request = http.get(`${gateway.url}/x`, { headers: { 'x-api-key': TEST_KEY } });
    const hints = new Promise<http.InformationEvent>((resolve) =>
      request.once('information', resolve),
    );
    expect(await hints).toMatchObject({
      statusCode: 103,
      headers: { link: '</a.css>; rel=preload' },
    });
    const answered = new Promise<http.IncomingMessage>((resolve) =>
      request.once('response', resolve),
    );
    finish();
    const answer = await answered;
    expect(answer.statusCode).toBe(200);
    answer.resume();
  });
});

describe('request bodies', () => {
  it('of unknown length go over kept connections, one after the other', async () => {
    const { gateway, upstream } = await rig((request, response) => {
      let body = '';
      request.setEncoding('latin1');
      request.on('data', (piece: string) => (body += piece));
      request.once('end', () => response.end(`got ${body}`));
    });
    const ports = new Set<number | undefined>();
    upstream.server.on('request', ({ socket }) => ports.add(socket.remotePort));
    for (const body of ['one', 'two', 'three']) {
      const post = `${CHUNKED_POST}Connection: close\r\n\r\n${body.length}\r\n${body}\r\n0\r\n\r\n`;
      expect(await sendRaw(gateway.port, post)).toContain(`got ${body}`);
    }
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('an answer before their end reaches the client, whose connection then closes', async () => {
    const gateway = await rawRig((socket, text) => {
      if (text.endsWith('\r\nhi\r\n'))
        socket.write('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno');
    });
    const answer = await sendRaw(gateway.port, `${CHUNKED_POST}\r\n2\r\nhi\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 403 Forbidden\r\n/);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    expect(answer.endsWith('no')).toBe(true);
  });

  it('that break off cut the upstream off', async () => {
    let closed = false;
    let received = '';
    const gateway = await rawRig((socket, text) => {
      received = text;
      socket.once('close', () => (closed = true));
    });
    const client = connect(gateway.port, '127.0.0.1');
    client.on('error', () => undefined);
    client.write(`${CHUNKED_POST}\r\n2\r\nhi\r\n`);
    await expect.poll(() => received, SOON).toContain('hi');
    client.destroy();
    await expect.poll(() => closed, SOON).toBe(true);
    // Nothing that looks like an end of the request.
    expect(received).not.toContain('0\r\n\r\n');
  });
});

describe('answers', () => {
  it('have a length only where a header of that name says so, not a value', async () => {
    const head = 'HTTP/1.1 200 OK\r\nvary: content-length\r\ntransfer-encoding: chunked\r\n\r\n';
    const gateway = await rawRig((socket) => socket.write(`${head}2\r\nhi\r\n0\r\n\r\n`));
    const answer = await sendRaw(gateway.port, `GET /x HTTP/1.1\r\n${KEY}\r\n`, /hi$/);
    expect(answer).toContain('\r\nvary: content-length\r\ncontent-length: 2\r\n');
  });

  it('without a length that came whole leave with one', async () => {
    const gateway = await rawRig((socket) =>
      socket.write(
        'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\n\r\n',
      ),
    );
    const answer = await fetch(`${gateway.url}/x`, { headers: { 'x-api-key': TEST_KEY } });
    expect([answer.headers.get('content-length'), await answer.text()]).toEqual(['2', 'hi']);
  });

  it('with something behind their end are passed on once, and nothing of the rest', async () => {
    let first = true;
    const gateway = await rawRig((socket) => {
      const evil = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil';
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n${first ? `good${evil}` : 'next'}`);
      first = false;
    });
    const texts: string[] = [];
    for (let i = 0; i < 2; i += 1) {
      const answer = await fetch(`${gateway.url}/x`, { headers: { 'x-api-key': TEST_KEY } });
      texts.push(await answer.text());
    }
    expect(texts).toEqual(['good', 'next']);
  });

  it('of 200 MB to a slow reader take no memory', async () => {
    const total = 200 * 1024 * 1024;
    const piece = Buffer.alloc(1024 * 1024);
    let written = 0;
    const gateway = await rawRig((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${total}\r\n\r\n`);
      const more = (): void => {
        while (written < total) {
          written += piece.length;
          if (!socket.write(piece)) {
            socket.once('drain', more);
            return;
          }
        }
      };
      more();
    });
    const before = process.memoryUsage().arrayBuffers;
    let read = 0;
    let most = 0;
    const client = connect({
      port: gateway.port,
      host: '127.0.0.1',
      onread: {
        buffer: Buffer.alloc(64 * 1024),
        callback(length) {
          read += length;
          most = Math.max(most, process.memoryUsage().arrayBuffers - before);
          // Slow: a pause after each megabyte.
          if (read % piece.length > length) return true;
          setTimeout(() => client.resume(), 2);
          return false;
        },
      },
    });
    client.write(`GET /x HTTP/1.1\r\n${KEY}\r\n`);
    await expect.poll(() => read, { timeout: 30_000, interval: 20 }).toBeGreaterThan(total);
    client.destroy();
    // Client, gateway and upstream are this one process.
    expect(most).toBeLessThan(15 * 1024 * 1024);
  }, 40_000);
});
