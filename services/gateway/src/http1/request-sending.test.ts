import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Http1Client } from './http1-client.ts';
import { requestHead } from './request-head.ts';
import { send, startRawServer } from './testing/raw-server.ts';
import type { RawServer } from './testing/raw-server.ts';
import type { UpstreamRequest } from './upstream-client.ts';

const SOON = { timeout: 10_000, interval: 5 };
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function rig(end: string): Promise<{ server: RawServer; client: Http1Client }> {
  const server = await startRawServer((socket, text) => {
    if (text.endsWith(end)) socket.write(OK);
  });
  const client = new Http1Client(`http://127.0.0.1:${server.port}`);
  stops.push(server.stop, () => client.destroy());
  return { server, client };
}

describe('a request', () => {
  it('goes out as it is, with one Host', async () => {
    const { server, client } = await rig('\r\n\r\n');
    await send(client, { path: '/a?b=c', headers: ['host', 'up', 'x-a', 'é'] }).over;
    expect(server.received()).toBe('GET /a?b=c HTTP/1.1\r\nhost: up\r\nx-a: é\r\n\r\n');
  });

  it('says that a POST has no body', async () => {
    const { server, client } = await rig('\r\n\r\n');
    await send(client, { method: 'POST' }).over;
    expect(server.received()).toContain('content-length: 0\r\n');
  });

  it('carries every byte of a small body', async () => {
    const { server, client } = await rig('\u00ff');
    const body = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    await send(client, { method: 'POST', body }).over;
    expect(server.received()).toContain('content-length: 256\r\n\r\n');
    expect(server.received().endsWith(body.toString('latin1'))).toBe(true);
  });

  it('streams a body in chunks, with trailers', async () => {
    const { server, client } = await rig('x-sum: 1\r\n\r\n');
    const trailers = (): string[] => ['x-sum', '1'];
    await send(client, {
      method: 'POST',
      body: Readable.from([Buffer.from('ab'), Buffer.from('c')]),
      trailers,
    }).over;
    expect(server.received()).toMatch(
      /transfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nx-sum: 1\r\n\r\n$/,
    );
  });

  it('streams a body of known length', async () => {
    const { server, client } = await rig('abc');
    const body = Readable.from([Buffer.from('ab'), Buffer.from('c')]);
    await send(client, { method: 'POST', body, bodyLength: 3 }).over;
    expect(server.received()).toMatch(/content-length: 3\r\n\r\nabc$/);
  });

  it.each([
    ['longer', 2],
    ['shorter', 9],
  ])('with a body that is %s than announced is cut off', async (_name, bodyLength) => {
    const { server, client } = await rig('never');
    const answer = send(client, {
      method: 'POST',
      body: Readable.from([Buffer.from('abc')]),
      bodyLength,
    });
    await answer.over;
    expect(answer.error?.code).toBe('UPSTREAM_REQUEST_INVALID');
    expect(server.received().endsWith('abc') && bodyLength === 2).toBe(false);
    await expect.poll(() => server.sockets.every(({ destroyed }) => destroyed), SOON).toBe(true);
  });

  it('whose body breaks off is cut off', async () => {
    const { server, client } = await rig('never');
    const early = new Readable({ read: () => undefined });
    const beforeConnected = send(client, { method: 'POST', body: early });
    early.destroy();
    await beforeConnected.over;
    expect(beforeConnected.error?.code).toBe('UPSTREAM_REQUEST_BODY_FAILED');
    const late = new Readable({ read: () => undefined });
    late.push('part');
    const whileSent = send(client, { method: 'POST', body: late });
    await expect.poll(server.received, SOON).toContain('part');
    late.destroy(new Error('gone'));
    await whileSent.over;
    expect(whileSent.error?.code).toBe('UPSTREAM_REQUEST_BODY_FAILED');
  });

  it('waits for an upstream that does not read', async () => {
    const server = await startRawServer((socket) => void socket.pause());
    const client = new Http1Client(`http://127.0.0.1:${server.port}`);
    stops.push(server.stop, () => client.destroy());
    let read = 0;
    const body = new Readable({
      read() {
        read += 65_536;
        this.push(Buffer.alloc(65_536));
      },
    });
    const answer = send(client, { method: 'POST', body, idleTimeoutMs: 300 });
    await answer.over;
    // Nothing went for the idle time; what was read fits the buffers of two sockets.
    expect(answer.error?.code).toBe('UPSTREAM_HEAD_TIMEOUT');
    expect(read).toBeLessThan(32 * 1024 * 1024);
    body.destroy();
  });
});

const PLAIN: UpstreamRequest = {
  ...{ method: 'GET', path: '/', headers: ['host', 'up'], body: null, bodyLength: undefined },
  ...{ headTimeoutMs: 1, idleTimeoutMs: 1, totalTimeoutMs: 0 },
};

describe('what may not be sent', () => {
  it.each([
    ['a target with a space', { path: '/a b' }],
    ['a target with a line', { path: '/a\r\nx: y' }],
    ['another authority', { path: 'http://other/' }],
    ['a relative target', { path: 'a' }],
    ['a method with a line', { method: 'GET / HTTP/1.1\r\n\r\nGET' }],
    ['no method', { method: '' }],
    ['a value with a line', { headers: ['x-a', 'b\r\nx-c: d'] }],
    ['a value with NUL', { headers: ['x-a', '\0'] }],
    ['a value that is no byte', { headers: ['x-a', '\u0100'] }],
    ['a name with a colon', { headers: ['x: y', 'z'] }],
    ['an empty name', { headers: ['', 'z'] }],
    ['a length', { headers: ['Content-Length', '3'] }],
    ['an encoding', { headers: ['transfer-encoding', 'chunked'] }],
    ['a Connection', { headers: ['connection', 'close'] }],
    ['an upgrade', { headers: ['upgrade', 'h2c'] }],
    ['an upgrade with a line', { upgrade: 'x\r\ny: z' }],
  ])('%s', async (_name, part) => {
    expect(() => requestHead({ ...PLAIN, ...part })).toThrow('may not be sent');
    const answer = send(new Http1Client('http://127.0.0.1:1'), part);
    expect(answer.error).toBeUndefined();
    await answer.over;
    expect(answer.error?.code).toBe('UPSTREAM_REQUEST_INVALID');
  });

  it('whatever the parts are: one request line, as many lines as headers, or nothing', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ':', ' ', '\r', '\n', '\t', '\0', 'é', '/'),
    });
    fc.assert(
      fc.property(text, text, fc.array(text, { maxLength: 6 }), (method, path, headers) => {
        if (headers.length % 2 === 1) headers.pop();
        let head: string;
        try {
          head = requestHead({ ...PLAIN, method, path: `/${path}`, headers });
        } catch {
          // Refused: nothing is sent.
          return;
        }
        expect(head.split('\r\n')).toHaveLength(headers.length / 2 + 3);
        expect(head.replaceAll('\r\n', '')).not.toMatch(/[\r\n\0]/);
        expect(head.split('\r\n')[0]?.split(' ')).toHaveLength(3);
      }),
      { numRuns: 2_000 },
    );
  });
});
