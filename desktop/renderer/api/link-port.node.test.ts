import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { afterEach, describe, expect, it } from 'vitest';
import { contract } from '../../shared/contract/index.ts';
import { createClient } from './client.ts';
import type { ConsoleClient } from './client.ts';
import { HostGoneError } from './host-gone-error.ts';
import { createPortLink } from './link-port.ts';

const open: MessagePort[] = [];

afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

/** A real channel whose far end is a host with these two procedures, or nobody. */
function channel(answer: (() => Promise<never>) | 'verified'): {
  near: MessagePort;
  far: MessagePort;
} {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  const os = implement(contract);
  const router = {
    audit: {
      verify: os.audit.verify.handler(() =>
        answer === 'verified'
          ? { entries: 3, brokenAt: null, problem: null, sealedFrom: 1 }
          : answer(),
      ),
    },
    stack: {
      watch: os.stack.watch.handler(async function* () {
        yield* [];
        await answerLater();
      }),
    },
  };
  new RPCHandler(router).upgrade(port2);
  port2.start();
  return { near: port1, far: port2 };
}

const answerLater = (): Promise<never> => new Promise(() => undefined);

function clientOver(port: MessagePort | Promise<MessagePort>, deadlineMs?: number): ConsoleClient {
  return createClient(createPortLink(Promise.resolve(port), deadlineMs));
}

describe('the link over a port', () => {
  it('carries calls to the other end', async () => {
    const { near } = channel('verified');
    expect(await clientOver(near).audit.verify()).toEqual({
      entries: 3,
      brokenAt: null,
      problem: null,
      sealedFrom: 1,
    });
  });

  it('fails a pending call when the port closes', async () => {
    const { near, far } = channel(answerLater);
    const call = clientOver(near).audit.verify();
    setTimeout(() => {
      far.close();
    }, 20);
    await expect(call).rejects.toBeInstanceOf(HostGoneError);
  });

  it('fails a call after the port has closed at once, not at the deadline', async () => {
    const { near, far } = channel('verified');
    const client = clientOver(near, 60_000);
    await client.audit.verify();
    const closed = new Promise((resolve) => {
      near.addEventListener('close', resolve);
    });
    far.close();
    await closed;
    await expect(client.audit.verify()).rejects.toBeInstanceOf(HostGoneError);
  });

  it('fails a call without an answer at its deadline', async () => {
    const { near } = channel(answerLater);
    await expect(clientOver(near, 50).audit.verify()).rejects.toThrow('The console host is gone');
  });

  it('fails at the deadline when the port never comes', async () => {
    await expect(clientOver(answerLater(), 50).audit.verify()).rejects.toBeInstanceOf(
      HostGoneError,
    );
  });

  it('keeps a stream open past the deadline', async () => {
    const { near } = channel('verified');
    const stop = new AbortController();
    const stream = await clientOver(near, 50).stack.watch(undefined, { signal: stop.signal });
    const first = stream.next().then(
      () => 'ended',
      () => 'failed',
    );
    const early = await Promise.race([
      first,
      new Promise((resolve) => setTimeout(resolve, 150, 'open')),
    ]);
    expect(early).toBe('open');
    stop.abort();
    expect(await first).not.toBe('open');
  });

  it('obeys the caller who no longer wants an answer', async () => {
    const { near } = channel(answerLater);
    const stop = new AbortController();
    const call = clientOver(near).audit.verify(undefined, { signal: stop.signal });
    stop.abort();
    await expect(call).rejects.toThrow();
  });
});
