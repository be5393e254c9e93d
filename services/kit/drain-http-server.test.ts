import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { attachHttpDrain } from './drain-http-server.ts';
import type { HttpDrain } from './drain-http-server.ts';

/** Polling ends as soon as it is true; a busy machine may take a while. */
const SOON = { timeout: 10_000 };

interface Rig {
  drain: HttpDrain;
  port: number;
  /** Answers the oldest waiting request. */
  release: () => void;
  waiting: () => number;
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(): Promise<Rig> {
  const pending: http.ServerResponse[] = [];
  const server = http.createServer((_request, response) => void pending.push(response));
  const drain = attachHttpDrain(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return {
    drain,
    port,
    release: () => void pending.shift()?.end('ok'),
    waiting: () => pending.length,
  };
}

function get(port: number, agent: http.Agent): Promise<{ status: number; connection: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, agent }, (response) => {
      response.resume();
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          connection: response.headers.connection ?? '',
        }),
      );
    });
    request.once('error', reject);
  });
}

describe('attachHttpDrain', () => {
  it('lets a request under way finish, closes its connection and refuses new ones', async () => {
    const rig = await listen();
    const agent = new http.Agent({ keepAlive: true });
    const underWay = get(rig.port, agent);
    await expect.poll(rig.waiting, SOON).toBe(1);
    const finished = rig.drain.finish();
    expect(rig.drain.draining).toBe(true);
    await expect(get(rig.port, new http.Agent())).rejects.toThrow('ECONNREFUSED');
    rig.release();
    expect(await underWay).toEqual({ status: 200, connection: 'close' });
    expect(await finished).toBe(0);
    agent.destroy();
  });

  it('still answers on an idle connection, once', async () => {
    const rig = await listen();
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const first = get(rig.port, agent);
    await expect.poll(rig.waiting, SOON).toBe(1);
    rig.release();
    expect((await first).connection).toBe('keep-alive');
    const finished = rig.drain.finish({ idleGraceMs: 2_000 });
    const second = get(rig.port, agent);
    await expect.poll(rig.waiting, SOON).toBe(1);
    rig.release();
    expect((await second).connection).toBe('close');
    expect(await finished).toBe(0);
    agent.destroy();
  });

  it('closes idle connections after the grace time', async () => {
    const rig = await listen();
    const agent = new http.Agent({ keepAlive: true });
    const first = get(rig.port, agent);
    await expect.poll(rig.waiting, SOON).toBe(1);
    rig.release();
    await first;
    expect(await rig.drain.finish({ idleGraceMs: 10, deadlineMs: 5_000 })).toBe(0);
    agent.destroy();
  });

  it('cuts what is left at the deadline and says how much', async () => {
    const rig = await listen();
    const stuck = get(rig.port, new http.Agent());
    const failed = expect(stuck).rejects.toThrow();
    await expect.poll(rig.waiting, SOON).toBe(1);
    expect(await rig.drain.finish({ idleGraceMs: 10, deadlineMs: 50 })).toBe(1);
    await failed;
  });
});
