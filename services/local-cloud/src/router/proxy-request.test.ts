import http from 'node:http';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { REVISION } from '../model/resources.ts';
import { ServiceRouter } from './service-router.ts';
import { NoInstance } from './upstream-pool.ts';
import type { UpstreamPool } from './upstream-pool.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** An instance that resets the connection when it gets a second request on it. */
async function startMoody(): Promise<{ port: number; seen: string[] }> {
  const seen: string[] = [];
  const server = net.createServer((socket) => {
    let answered = false;
    socket.on('error', () => undefined);
    socket.on('data', (piece) => {
      if (answered) {
        socket.resetAndDestroy();
        return;
      }
      answered = true;
      seen.push(piece.toString().slice(-5));
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  });
  const port = await listen(server);
  return { port, seen };
}

async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function route(pool: UpstreamPool): Promise<string> {
  const router = new ServiceRouter('shop', { find: () => pool, gate: () => null });
  router.setTraffic([{ type: REVISION, revision: 'shop-1', percent: 100, tag: '' }]);
  const port = await router.listen([0]);
  cleanUps.push(() => router.close(0));
  return `http://127.0.0.1:${port}`;
}

function poolOf(port: number, requestTimeoutMs = 5000): UpstreamPool & { open: number } {
  const agent = new http.Agent({ keepAlive: true });
  cleanUps.push(() => {
    agent.destroy();
  });
  const pool = {
    open: 0,
    limits: { requestTimeoutMs, sessionAffinity: false },
    take: () => {
      pool.open += 1;
      return { id: 'one', port, agent };
    },
    holds: () => false,
    wait: () => Promise.reject(new NoInstance('none', 7)),
    suspect: () => undefined,
    release: () => {
      pool.open -= 1;
    },
  };
  return pool;
}

describe('a connection that is reset when it is used again', () => {
  it('is replaced once, with the same body, when the method may be repeated', async () => {
    const { port, seen } = await startMoody();
    const pool = poolOf(port);
    const uri = await route(pool);
    for (const body of ['first', 'secnd', 'third']) {
      const response = await fetch(uri, { method: 'PUT', body });
      expect(response.status).toBe(200);
      await response.text();
    }
    expect(seen).toEqual(['first', 'secnd', 'third']);
    expect(pool.open).toBe(0);
  });

  it('ends a POST, which may have been acted upon', async () => {
    const { port, seen } = await startMoody();
    const uri = await route(poolOf(port));
    await (await fetch(uri, { method: 'POST', body: 'first' })).text();
    const response = await fetch(uri, { method: 'POST', body: 'secnd' });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ code: 'instance_lost' });
    expect(seen).toEqual(['first']);
  });
});

describe('an instance that can not answer', () => {
  it('is 502 when it cuts a new connection, and not asked again', async () => {
    let connections = 0;
    const port = await listen(
      net.createServer((socket) => {
        connections += 1;
        socket.on('error', () => undefined);
        socket.once('data', () => socket.resetAndDestroy());
      }),
    );
    const pool = poolOf(port);
    expect((await fetch(await route(pool))).status).toBe(502);
    expect(connections).toBe(1);
    expect(pool.open).toBe(0);
  });

  it('is 503 with Retry-After when there is none', async () => {
    const pool = { ...poolOf(1), take: () => null };
    const response = await fetch(await route(pool));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await response.json()).toMatchObject({ code: 'no_ready_instance' });
  });

  it('is released when the client leaves', async () => {
    const port = await listen(net.createServer((socket) => socket.on('error', () => undefined)));
    const pool = poolOf(port);
    const abort = new AbortController();
    const leaving = fetch(await route(pool), { signal: abort.signal });
    while (pool.open === 0) await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    await expect(leaving).rejects.toThrow();
    while (pool.open > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(pool.open).toBe(0);
  });
});
