import process from 'node:process';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { describe, expect, it } from 'vitest';
import { fakeCore } from '../testing/fake-core.ts';
import type { ConsoleClient } from './contract.conformance.ts';
import { contractSuite } from './contract.conformance.ts';
import type { HostPort } from './serve-port.ts';
import { servePort } from './serve-port.ts';

function toHostPort(port: MessagePort): HostPort {
  return {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', listener),
    onClose: (listener) => port.on('close', listener),
    close: () => port.close(),
  };
}

contractSuite('a MessagePort', ({ core }) => {
  const { port1, port2 } = new MessageChannel();
  servePort(toHostPort(port2), { core, actor: 'tester' });
  const client = createORPCClient<ConsoleClient>(new RPCLink({ port: port1 }));
  port1.start();
  const close = (): Promise<void> => {
    port1.close();
    return Promise.resolve();
  };
  return Promise.resolve({ client, close });
});

describe('a page that sends something else', () => {
  it.each([
    ['no JSON', 'not json'],
    ['an empty envelope', '{}'],
    ['a number', 42],
    ['null', null],
    ['an object', { i: '1' }],
    ['a payload that is no request', '{"i":"2","p":5}'],
    ['a wrong-typed address', '{"i":"2","p":{"u":5}}'],
    ['an address that is none', '{"i":"2","p":{"u":"http://"}}'],
    ['an unknown type', '{"i":"2","t":9,"p":{"u":"/keys/list"}}'],
    ['a megabyte', `{"i":"2","p":{"u":"/keys/list","b":"${'x'.repeat(2 ** 20)}"}}`],
  ])('%s closes the port and rejects nothing', async (_what, message) => {
    const rejections: unknown[] = [];
    const note = (reason: unknown): unknown => rejections.push(reason);
    process.on('unhandledRejection', note);
    const { port1, port2 } = new MessageChannel();
    const closed = new Promise((resolve) => port1.once('close', resolve));
    const fake = fakeCore();
    servePort(toHostPort(port2), { core: fake.core, actor: 'tester' });
    port1.postMessage(message);
    await closed;
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
    expect(fake.logged.join()).toContain('a malformed message closed the page port');
  });

  it('ends its streams when it leaves', async () => {
    const { port1, port2 } = new MessageChannel();
    const fake = fakeCore();
    let left = false;
    fake.core.ports.metrics.watchFigures = async function* (signal) {
      yield [];
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      left = true;
    };
    servePort(toHostPort(port2), { core: fake.core, actor: 'tester' });
    const client = createORPCClient<ConsoleClient>(new RPCLink({ port: port1 }));
    port1.start();
    const stream = await client.metrics.watchFigures();
    await stream.next();
    port1.close();
    await expect.poll(() => left).toBe(true);
  });
});
