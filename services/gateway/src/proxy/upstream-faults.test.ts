import http from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { GatewayHealth } from '@omni/contracts/health.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { startGateway, TEST_KEY } from '../test-rig.ts';
import type { TestGateway } from '../test-rig.ts';

/** Polling ends as soon as it is true; a busy machine may take a while. */
const SOON = { timeout: 10_000 };

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** An upstream of raw bytes: gets each request's head and its socket. */
async function rig(
  onRequest: (socket: Socket, head: string) => void,
  env: Record<string, string> = {},
): Promise<TestGateway> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (piece) => {
      const head = piece.toString();
      if (head.includes('/health/ready'))
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      else onRequest(socket, head);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const gateway = await startGateway({ UPSTREAM_URL: `http://127.0.0.1:${port}`, ...env });
  stops.push(gateway.stop);
  return gateway;
}

function get(gateway: TestGateway, init: RequestInit = {}): Promise<Response> {
  return fetch(`${gateway.url}/x`, { headers: { 'x-api-key': TEST_KEY }, ...init });
}

async function upstreamState(gateway: TestGateway): Promise<string> {
  const answer = await fetch(`${gateway.url}/health`);
  return ((await answer.json()) as GatewayHealth).services.upstream.state;
}

async function expectProblem(answer: Response, status: number, code: string): Promise<void> {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const body = (await answer.json()) as Record<string, unknown>;
  expect(body).toMatchObject({ status, code, request_id: answer.headers.get('x-request-id') });
}

describe('faults of the upstream', () => {
  it('503 when nobody listens', async () => {
    const gateway = await startGateway({ UPSTREAM_URL: 'http://127.0.0.1:1' });
    stops.push(gateway.stop);
    await expectProblem(await get(gateway), 503, 'upstream_unavailable');
    const post = await get(gateway, { method: 'POST', body: 'x'.repeat(200_000) });
    await expectProblem(post, 503, 'upstream_unavailable');
  });

  it('504 when it does not answer in time', async () => {
    const gateway = await rig(() => undefined, { UPSTREAM_TIMEOUT_MS: '100' });
    await expectProblem(await get(gateway), 504, 'upstream_timeout');
  });

  it.each([
    ['garbage', 'this is not HTTP\r\n\r\n'],
    ['a broken status', 'HTTP/1.1 abc OK\r\n\r\n'],
    ['both framings', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n'],
  ])('502 on %s, and lives', async (_name, bytes) => {
    const gateway = await rig((socket) => socket.write(bytes));
    await expectProblem(await get(gateway), 502, 'upstream_invalid');
    expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200);
  });

  it('lives through a Trailer header beside Content-Length', async () => {
    const gateway = await rig((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ntrailer: x-a\r\ncontent-length: 2\r\n\r\nok'),
    );
    const answer = await get(gateway);
    expect(await answer.text()).toBe('ok');
    expect(answer.headers.get('trailer')).toBeNull();
  });

  it('breaks the connection when the upstream dies inside its answer', async () => {
    const gateway = await rig((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n');
      setImmediate(() => socket.destroy());
    });
    const answer = await get(gateway);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
    await expect.poll(gateway.log, SOON).toContain('"error_type":"upstream_reset"');
  });

  it('breaks the connection when the request grows too large under the answer', async () => {
    const gateway = await rig(
      (socket, head) => {
        // Answers while the request is still on its way.
        if (head.startsWith('POST'))
          socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n');
      },
      { BODY_LIMIT_BYTES: '1000' },
    );
    const request = http.request(`${gateway.url}/x`, {
      method: 'POST',
      headers: { 'x-api-key': TEST_KEY },
    });
    const failed = new Promise((resolve) => request.once('error', resolve));
    const answered = new Promise<http.IncomingMessage>((resolve) =>
      request.once('response', resolve),
    );
    request.write('x');
    const answer = await answered;
    answer.resume();
    const broken = new Promise((resolve) => answer.once('error', resolve));
    request.write('x'.repeat(2_000));
    await Promise.race([broken, failed]);
    await expect.poll(gateway.log, SOON).toContain('"error_type":"client_too_large"');
  });

  it('asks once more when a kept connection had died, and never repeats a POST', async () => {
    const seen: string[] = [];
    const used = new Set<Socket>();
    const gateway = await rig((socket, head) => {
      seen.push(head.slice(0, 4));
      // The first GET of a connection is answered, the second one meets a dead connection.
      if (used.has(socket) || head.startsWith('POST')) socket.destroy();
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      used.add(socket);
    });
    // The first probe is over: its connection is idle and the next requests use it.
    await expect.poll(() => upstreamState(gateway), SOON).toBe('ok');
    expect((await get(gateway)).status).toBe(200);
    expect((await get(gateway)).status).toBe(200);
    expect(seen).toEqual(['GET ', 'GET ', 'GET ']);
    const post = await get(gateway, { method: 'POST', body: 'x' });
    await expectProblem(post, 502, 'upstream_reset');
    expect(seen.filter((method) => method === 'POST')).toHaveLength(1);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toContain(
      'gateway_upstream_retries_total{upstream="backend",reason="dead_connection"} 1',
    );
  });

  it('never retries on a status, whatever Retry-After says', async () => {
    let hits = 0;
    const gateway = await rig((socket) => {
      hits += 1;
      socket.write('HTTP/1.1 503 Busy\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n');
    });
    const answer = await get(gateway);
    expect([answer.status, answer.headers.get('retry-after'), hits]).toEqual([503, '1', 1]);
  });

  it('does not follow redirects', async () => {
    const gateway = await rig((socket) =>
      socket.write(
        'HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n',
      ),
    );
    expect((await get(gateway, { redirect: 'manual' })).status).toBe(302);
  });

  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n', 200],
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\n', 204],
    ['GET', 'HTTP/1.1 304 Not Modified\r\netag: "a"\r\n\r\n', 304],
  ])('ends answers without a body: %s %s', async (method, bytes, status) => {
    const gateway = await rig((socket) => socket.write(bytes));
    const answer = await get(gateway, { method });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toBe('');
  });

  it('skips interim answers', async () => {
    const gateway = await rig((socket) =>
      socket.write(
        'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
      ),
    );
    const answer = await get(gateway);
    expect([answer.status, await answer.text()]).toEqual([200, 'ok']);
  });

  it('slows the upstream down for a slow reader instead of buffering', async () => {
    const total = 200 * 1024 * 1024;
    let written = 0;
    const gateway = await rig((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${total}\r\n\r\n`);
      const piece = Buffer.alloc(1024 * 1024);
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
    const request = http.get(`${gateway.url}/x`, { headers: { 'x-api-key': TEST_KEY } });
    const answer = await new Promise<http.IncomingMessage>((resolve) =>
      request.once('response', resolve),
    );
    answer.pause();
    let before = -1;
    // Settled when nothing was written for two polls.
    await expect
      .poll(() => before === (before = written), { interval: 200, timeout: 10_000 })
      .toBe(true);
    expect(written).toBeLessThan(total / 2);
    answer.once('error', () => undefined);
    request.destroy();
  });
});
