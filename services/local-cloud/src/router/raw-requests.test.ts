import http from 'node:http';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { REVISION } from '../model/resources.ts';
import { ServiceRouter } from './service-router.ts';
import type { UpstreamPool } from './upstream-pool.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface Seen {
  readonly line: string;
  readonly body: string;
}

/** An instance that notes what it is asked and answers in chunks, behind a router. */
async function startRouted(): Promise<{ port: number; seen: Seen[] }> {
  const seen: Seen[] = [];
  const answer = async (
    request: http.IncomingMessage,
    response: http.ServerResponse,
  ): Promise<void> => {
    const body = await text(request);
    seen.push({ line: `${request.method ?? ''} ${request.url ?? ''}`, body });
    response.setHeader('x-name', 'caf\u00e9');
    response.write('an');
    response.end('swer');
  };
  const server = http.createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => server.close());
  const address = server.address();
  const upstream = typeof address === 'object' && address !== null ? address.port : 0;
  const agent = new http.Agent({ keepAlive: true });
  cleanUps.push(() => {
    agent.destroy();
  });
  const pool: UpstreamPool = {
    limits: { requestTimeoutMs: 5000, sessionAffinity: false },
    take: () => ({ id: 'one', port: upstream, agent }),
    holds: () => false,
    wait: () => Promise.reject(new Error('never asked')),
    suspect: () => undefined,
    release: () => undefined,
  };
  const router = new ServiceRouter('shop', { find: () => pool, gate: () => null });
  router.setTraffic([{ type: REVISION, revision: 'shop-1', percent: 100, tag: '' }]);
  const port = await router.listen([0]);
  cleanUps.push(() => router.close(0));
  return { port, seen };
}

/** Sends the lines as they are and reads until the other side closes. */
function sendRaw(port: number, head: readonly string[], body: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  return text(socket);
}

/** The value of a header in a raw answer, or null. */
function headerOf(answer: string, name: string): string | null {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(answer)?.[1]?.trim() ?? null;
}

describe('a Connection header', () => {
  it.each(['GET', 'POST'])('does not turn the body of a %s into a request', async (method) => {
    const { port, seen } = await startRouted();
    const body = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const head = [
      `${method} /first HTTP/1.1`,
      'Host: localhost',
      'Connection: close, Content-Length, transfer-encoding, host',
      `Content-Length: ${body.length}`,
    ];
    expect(await sendRaw(port, head, body)).toMatch(/^HTTP\/1\.1 200 /);
    const again = ['GET /second HTTP/1.1', 'Host: localhost', 'Connection: close'];
    expect(await sendRaw(port, again, '')).toMatch(/^HTTP\/1\.1 200 /);
    expect(seen).toEqual([
      { line: `${method} /first`, body },
      { line: 'GET /second', body: '' },
    ]);
  });
});

describe('an Upgrade header', () => {
  it('of anything but a websocket is ignored, and the body arrives', async () => {
    const { port, seen } = await startRouted();
    const head = [
      'POST /h2c HTTP/1.1',
      'Host: localhost',
      'Connection: close, Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'Content-Length: 4',
    ];
    expect(await sendRaw(port, head, 'body')).toMatch(/^HTTP\/1\.1 200 /);
    expect(seen).toEqual([{ line: 'POST /h2c', body: 'body' }]);
  });

  it('that the instance declines is answered with a body that ends', async () => {
    const { port } = await startRouted();
    const head = [
      'GET /live HTTP/1.1',
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
    ];
    const answer = await sendRaw(port, head, '');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(headerOf(answer, 'connection')).toBe('close');
    expect(headerOf(answer, 'transfer-encoding')).toBeNull();
    expect(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toBe('answer');
  });
});
