import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayProcess } from '../src/test-process.ts';
import type { GatewayProcess } from '../src/test-process.ts';
import { KEY_LINE, TEST_KEY } from './fleet.ts';
import { ask } from './raw-client.ts';

/** Polling ends as soon as it is true; a busy machine may take a while. */
const SOON = { timeout: 20_000 };
const MAX_CONNECTIONS = 60;
const LARGE_ANSWER = 64 * 1024 * 1024;
/** More than the kernel's buffers on the way take. */
const WAITING_BODY = 32 * 1024 * 1024;
const PIECE_MS = 20;
const GRACE_MS = 300;

const head = (framing: string): string =>
  `POST /x HTTP/1.1\r\nHost: a\r\n${KEY_LINE}${framing}\r\n\r\n`;

/** An upstream that reads a body when it is told to, and answers `/large` with very much. */
async function startUpstream(): Promise<{ url: string; server: Server; read: () => void }> {
  let read = (): void => undefined;
  const told = new Promise<void>((resolve) => (read = resolve));
  const server = createServer((request, response) => {
    if (request.url === '/large') {
      response.end(Buffer.alloc(LARGE_ANSWER, 'a'));
      return;
    }
    const echo = (): void => {
      request.resume().once('end', () => response.end('whole'));
    };
    if (request.url === '/later') told.then(echo, echo);
    else echo();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server, read };
}

/** Sends a byte now and then until the gateway ends it; what came back. */
function trickle(port: number, start: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(start));
    const timer = setInterval(() => socket.write('1'), PIECE_MS);
    let answer = '';
    socket.on('data', (piece) => (answer += piece.toString('latin1')));
    // The gateway closes under a byte that is under way: a reset is its end too.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearInterval(timer);
      resolve(answer);
    });
  });
}

describe('slow clients (GS12)', () => {
  let gateway: GatewayProcess;
  let port = 0;
  let upstream: Awaited<ReturnType<typeof startUpstream>>;
  beforeAll(async () => {
    upstream = await startUpstream();
    gateway = await startGatewayProcess({
      UPSTREAM_URL: upstream.url,
      API_KEYS: TEST_KEY,
      MAX_CONNECTIONS: String(MAX_CONNECTIONS),
      HEADERS_TIMEOUT_MS: String(GRACE_MS),
      RECEIVE_GRACE_MS: String(GRACE_MS),
      MIN_RECEIVE_RATE: '20000000',
      BODY_LIMIT_BYTES: String(2 * WAITING_BODY),
    });
    port = Number(new URL(gateway.url).port);
  });
  afterAll(async () => {
    await gateway.stop('SIGKILL');
    upstream.server.closeAllConnections();
    upstream.server.close();
  });

  it.concurrent.each([
    ['a head', 'GET /x HTTP/1.1\r\nHost: a\r\nX-Slow: '],
    ['a small body', head('Content-Length: 5000')],
    ['a large body', head('Content-Length: 5000000')],
    ['a chunked body', `${head('Transfer-Encoding: chunked')}4000\r\n`],
  ])('%s that trickles in is a 408 and the end of its connection', async (_name, start) => {
    expect(await trickle(port, start)).toMatch(/^HTTP\/1\.1 408 [\s\S]*"request_timeout"/);
  });

  it('a body that waits for the upstream is not cut, however long that takes', async () => {
    const body = 'b'.repeat(WAITING_BODY);
    const asked = ask(port, head(`Content-Length: ${body.length}`).replace('/x', '/later') + body, {
      answers: 1,
    });
    // A slow body that began at the same time is judged meanwhile.
    await trickle(port, head('Content-Length: 5000'));
    await trickle(port, head('Content-Length: 5000'));
    upstream.read();
    expect((await asked).statuses).toEqual([200]);
  });

  it('readers that never read cost bounded memory, and others are served beside them', async () => {
    const idle = rssMb(gateway);
    const sockets: Socket[] = [];
    for (let i = 0; i < 20; i += 1) {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.pause();
      socket.write(`GET /large HTTP/1.1\r\nHost: a\r\n${KEY_LINE}\r\n`);
      sockets.push(socket);
    }
    await expect
      .poll(
        async () =>
          (await ask(port, `GET /x HTTP/1.1\r\nHost: a\r\n${KEY_LINE}\r\n`, { answers: 1 }))
            .statuses,
        SOON,
      )
      .toEqual([200]);
    // 20 answers of 64 MB would be 1.3 GB.
    expect(rssMb(gateway) - idle).toBeLessThan(150);
    for (const socket of sockets) socket.destroy();
  });

  it('more connections than MAX_CONNECTIONS are closed, and there is room again when others leave', async () => {
    const held: Socket[] = [];
    let refused = 0;
    for (let i = 0; i < MAX_CONNECTIONS + 20; i += 1) {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.once('close', () => (refused += 1));
      held.push(socket);
    }
    await expect.poll(() => refused, SOON).toBeGreaterThanOrEqual(20);
    for (const socket of held) socket.destroy();
    await expect
      .poll(
        async () =>
          (await ask(port, `GET /x HTTP/1.1\r\nHost: a\r\n${KEY_LINE}\r\n`, { answers: 1 }))
            .statuses,
        SOON,
      )
      .toEqual([200]);
  });
});

function rssMb({ child }: GatewayProcess): number {
  const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
}
