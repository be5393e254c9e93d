import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { sendRaw, startGateway, TEST_KEY } from '../test-rig.ts';
import type { TestGateway } from '../test-rig.ts';
import { acceptOf, openSocket, startWebSocketUpstream, textFrame } from './test-websocket.ts';
import type { TestSocket, WebSocketUpstream } from './test-websocket.ts';

const SOON = { timeout: 20_000 };
/** Polls end as soon as they can; a machine that is busy with other tests takes its time. */
const SLOW = 120_000;
const CLOSE_1001 = '\x88\x02\x03\xe9';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const echo = (socket: Duplex): void => {
  socket.on('data', (chunk: Buffer) => socket.write(chunk));
};

async function rig(
  options: {
    opened?: (socket: Duplex, head: Buffer) => void;
    answerOf?: Parameters<typeof startWebSocketUpstream>[1];
    env?: Record<string, string>;
  } = {},
): Promise<{ gateway: TestGateway; upstream: WebSocketUpstream }> {
  const upstream = await startWebSocketUpstream(options.opened ?? echo, options.answerOf);
  stops.push(upstream.stop);
  const gateway = await startGateway({ UPSTREAM_URL: upstream.url, ...options.env });
  stops.push(gateway.stop);
  return { gateway, upstream };
}

function open(gateway: TestGateway, options?: Parameters<typeof openSocket>[1]): TestSocket {
  const opened = openSocket(gateway.port, options);
  stops.push(() => Promise.resolve(void opened.socket.destroy()));
  return opened;
}

/** Where the answer's head ends. */
const bodyOf = (socket: TestSocket): string => socket.received().split('\r\n\r\n')[1] ?? '';

describe('a WebSocket', { timeout: SLOW }, () => {
  it('holds one of its key’s places for requests under way until it is closed', async () => {
    const { gateway } = await rig({ env: { MAX_CONCURRENT_PER_KEY: '1' } });
    const first = open(gateway);
    await expect.poll(first.received, SOON).toContain('HTTP/1.1 101 ');
    const second = open(gateway);
    await expect.poll(second.received, SOON).toContain('"code":"too_many_concurrent"');
    const plain = async (): Promise<number> => {
      const answer = await fetch(`${gateway.url}/now`, { headers: { 'x-api-key': TEST_KEY } });
      await answer.text();
      return answer.status;
    };
    expect(await plain()).toBe(429);
    first.socket.destroy();
    await expect.poll(plain, SOON).toBe(200);
  });

  it('is opened with the checks of any request and passed on both ways, early bytes too', async () => {
    const { gateway, upstream } = await rig();
    const early = textFrame('early', true);
    const socket = open(gateway, { early });
    await expect.poll(() => bodyOf(socket), SOON).toBe(early.toString('latin1'));
    socket.socket.write(textFrame('later', true));
    await expect.poll(() => bodyOf(socket), SOON).toContain('later');
    expect(socket.received()).toContain('HTTP/1.1 101 ');
    expect(socket.received()).toContain('x-request-id: ');
    expect(socket.received()).not.toContain('secret');
    expect(upstream.requests[0]?.headers).toMatchObject({
      upgrade: 'websocket',
      'x-forwarded-for': '127.0.0.1',
    });
    expect(upstream.requests[0]?.headers['x-api-key']).toBeUndefined();
    socket.socket.end();
    await expect.poll(() => upstream.sockets[0]?.destroyed, SOON).toBe(true);
    await expect.poll(() => gateway.log(), SOON).toMatch(/"status":101/);
  });

  it.each<[string, number, Parameters<typeof openSocket>[1]]>([
    ['no key', 401, { key: null }],
    ['a wrong key', 401, { key: 'wrong' }],
    ['another version', 426, { headers: { 'sec-websocket-version': '8' } }],
    ['a malformed nonce', 400, { headers: { 'sec-websocket-key': 'short' } }],
    ['a body', 400, { headers: { 'content-length': '5' } }],
    ['a trap in the path', 400, { path: '/a/%2e%2e/b' }],
  ])('is refused with %s, and the upstream hears nothing', async (_name, status, options) => {
    const { gateway, upstream } = await rig();
    const socket = open(gateway, options);
    await expect.poll(socket.ended, SOON).toBe(true);
    expect(socket.received()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(socket.received()).toMatch(/\r\nconnection: close\r\n/i);
    expect(upstream.requests).toHaveLength(0);
  });

  it('is a request like others where the upstream does not switch', async () => {
    const { gateway } = await rig({
      answerOf: () => 'HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno',
    });
    const socket = open(gateway);
    await expect.poll(socket.ended, SOON).toBe(true);
    expect(socket.received()).toMatch(/^HTTP\/1.1 403 /);
    expect(bodyOf(socket)).toBe('no');
  });

  it.each([
    ['a wrong accept', 'upgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: x'],
    ['no accept', 'upgrade: websocket\r\nconnection: Upgrade'],
    ['another protocol', 'upgrade: h2c\r\nconnection: Upgrade\r\nsec-websocket-accept: OK'],
    [
      'a subprotocol nobody offered',
      'sec-websocket-protocol: chat\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: OK',
    ],
    [
      'an extension nobody offered',
      'sec-websocket-extensions: x; y\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: OK',
    ],
    [
      'two accepts',
      'sec-websocket-accept: OK\r\nsec-websocket-accept: OK\r\nconnection: Upgrade\r\nupgrade: websocket',
    ],
  ])('is not switched by a 101 with %s', async (_name, fields) => {
    const { gateway, upstream } = await rig({
      answerOf: ({ headers }) =>
        `HTTP/1.1 101 Switching\r\n${fields.replaceAll('OK', acceptOf(headers['sec-websocket-key']))}\r\n\r\n`,
    });
    const socket = open(gateway);
    await expect.poll(socket.ended, SOON).toBe(true);
    expect(socket.received()).toMatch(/^HTTP\/1.1 502 /);
    await expect.poll(() => upstream.sockets[0]?.destroyed, SOON).toBe(true);
  });

  it('is one of so many per key and in all', async () => {
    const { gateway } = await rig({
      env: { MAX_WEBSOCKETS_PER_KEY: '1', API_KEYS: `${TEST_KEY},b` },
    });
    const first = open(gateway);
    await expect.poll(first.received, SOON).toContain('101 Switching');
    const second = open(gateway);
    await expect.poll(second.received, SOON).toContain('"code":"too_many_streams"');
    expect(second.received()).toMatch(/^HTTP\/1.1 429 /);
    const other = open(gateway, { key: 'b' });
    await expect.poll(other.received, SOON).toContain('101 Switching');
    first.socket.destroy();
    await expect
      .poll(async () => {
        const again = open(gateway);
        await expect.poll(again.received, SOON).toContain('\r\n\r\n');
        return again.received();
      }, SOON)
      .toContain('101 Switching');
  });

  it('goes at the speed of the slower side', async () => {
    let written = 0;
    const chunk = Buffer.alloc(64 * 1024);
    const flood = (socket: Duplex): void => {
      while (socket.write(chunk)) written += chunk.length;
      socket.once('drain', () => flood(socket));
    };
    const { gateway } = await rig({ opened: flood });
    const socket = open(gateway);
    await expect.poll(socket.received, SOON).toContain('101 Switching');
    socket.socket.pause();
    let last = -1;
    await expect
      .poll(
        () => {
          const stopped = written === last;
          last = written;
          return stopped;
        },
        { timeout: 10_000, interval: 300 },
      )
      .toBe(true);
    // Kernel buffers on four sockets, no more.
    expect(written).toBeLessThan(64 * 1024 * 1024);
  });

  it('is closed with 1001 between two frames when the gateway stops', async () => {
    let send: (bytes: Buffer) => void = () => undefined;
    const { gateway } = await rig({ opened: (socket) => (send = (bytes) => socket.write(bytes)) });
    const [idle, busy] = [open(gateway), open(gateway)];
    await expect.poll(idle.received, SOON).toContain('\r\n\r\n');
    await expect.poll(busy.received, SOON).toContain('\r\n\r\n');
    const frame = textFrame('twelve bytes', false);
    send(frame.subarray(0, 6));
    await expect.poll(() => bodyOf(busy), SOON).toHaveLength(6);
    const stopped = gateway.stop();
    await expect.poll(() => bodyOf(idle), SOON).toBe(CLOSE_1001);
    send(frame.subarray(6));
    await expect.poll(() => bodyOf(busy), SOON).toBe(frame.toString('latin1') + CLOSE_1001);
    await stopped;
    await expect.poll(() => [idle.ended(), busy.ended()], SOON).toEqual([true, true]);
  });
});

describe('other upgrades', { timeout: SLOW }, () => {
  it.each([
    ['h2c', 'GET', ''],
    ['h2c', 'POST', 'content-length: 4\r\n\r\nbody'],
    ['websocket', 'POST', 'content-length: 4\r\n\r\nbody'],
  ])('%s by %s is proxied as a plain request', async (protocol, method, rest) => {
    const { gateway, upstream } = await rig();
    const answer = await sendRaw(
      gateway.port,
      `${method} /x HTTP/1.1\r\nhost: t\r\nx-api-key: ${TEST_KEY}\r\nconnection: Upgrade, HTTP2-Settings\r\n` +
        `upgrade: ${protocol}\r\nhttp2-settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n${rest || '\r\n'}`,
      /plain$/,
    );
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(upstream.requests).toHaveLength(0);
    expect(upstream.plain).toHaveLength(1);
    expect(upstream.plain[0]?.headers.upgrade).toBeUndefined();
  });
});
