import { request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { describe, expect, it } from 'vitest';
import { fakeCore } from '../testing/fake-core.ts';
import type { ConsoleClient } from './contract.conformance.ts';
import { contractSuite } from './contract.conformance.ts';
import type { NodeHost } from './node-host.ts';
import { startNodeHost } from './node-host.ts';
import { sessionCookieName } from './session-token.ts';

type Listener = (event?: { data: unknown }) => void;

interface WirePort {
  postMessage(message: unknown): void;
  on(event: string, listener: Listener): void;
  leave(): void;
}

function call(host: NodeHost, method: string, path: string): ClientRequest {
  const headers = { cookie: `${sessionCookieName(host.port)}=${host.token}` };
  return request({ host: '127.0.0.1', port: host.port, path, method, headers, agent: false });
}

/** The page's half, written for Node: the page's own is tried in e2e, in a browser. */
async function openPort(host: NodeHost): Promise<WirePort> {
  const listeners = { message: [] as Listener[], close: [] as Listener[] };
  const get = call(host, 'GET', '/port');
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get.on('response', resolve).on('error', reject).end();
  });
  let rest = '';
  let id = '';
  const ready = new Promise<void>((resolve) => {
    answer.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (id === '') id = lines.shift() ?? '';
      resolve();
      for (const data of lines) for (const listener of listeners.message) listener({ data });
    });
  });
  answer.on('close', () => listeners.close.forEach((listener) => listener()));
  answer.on('error', () => undefined);
  await ready;
  return {
    postMessage: (message) => {
      // The last words of a stream may come when the host is already gone.
      const post = call(host, 'POST', `/port/${id}`).on('error', () => undefined);
      post.end(String(message));
    },
    on: (event, listener) => listeners[event as 'message' | 'close'].push(listener),
    leave: () => get.destroy(),
  };
}

contractSuite('a port over HTTP', async ({ core }) => {
  const context = { core, actor: 'tester' };
  const host = await startNodeHost({ context, pageFolder: 'none', port: 0 });
  const port = await openPort(host);
  const client = createORPCClient<ConsoleClient>(new RPCLink({ port }));
  const close = async (): Promise<void> => {
    port.leave();
    await host.close();
  };
  return { client, close };
});

describe('a page over HTTP', () => {
  it('may watch more than a browser has connections, and call meanwhile', async () => {
    const host = await startNodeHost({
      context: { core: fakeCore().core, actor: 'tester' },
      pageFolder: 'none',
      port: 0,
    });
    const port = await openPort(host);
    const client = createORPCClient<ConsoleClient>(new RPCLink({ port }));
    const streams = await Promise.all(
      Array.from({ length: 12 }, () => client.operations.watchAll()),
    );
    await Promise.all(streams.map((stream) => stream.next()));
    expect(await client.keys.list()).toEqual([]);
    port.leave();
    await host.close();
  });

  it('ends its streams when it leaves, and its link is gone', async () => {
    const fake = fakeCore();
    let left = false;
    fake.core.ports.metrics.watchFigures = async function* (signal) {
      yield [];
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      left = true;
    };
    const context = { core: fake.core, actor: 'tester' };
    const host = await startNodeHost({ context, pageFolder: 'none', port: 0 });
    const port = await openPort(host);
    const client = createORPCClient<ConsoleClient>(new RPCLink({ port }));
    await (await client.metrics.watchFigures()).next();
    port.leave();
    await expect.poll(() => left).toBe(true);
    await host.close();
  });
});
