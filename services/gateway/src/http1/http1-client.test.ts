import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { Http1Client } from './http1-client.ts';
import type { Http1ClientOptions } from './http1-client.ts';
import { send, startRawServer } from './testing/raw-server.ts';
import type { RawServer } from './testing/raw-server.ts';

/** Polling ends as soon as it is true; a busy machine may take a while. */
const SOON = { timeout: 10_000, interval: 5 };
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

type OnData = Parameters<typeof startRawServer>[0];

async function rig(
  onData: OnData,
  options: Http1ClientOptions = {},
): Promise<{ server: RawServer; client: Http1Client }> {
  const server = await startRawServer(onData);
  const client = new Http1Client(`http://127.0.0.1:${server.port}`, options);
  stops.push(server.stop, () => client.destroy());
  return { server, client };
}

const answerOk: OnData = (socket) => void socket.write(OK);
const heads = (text: string): number => text.split('\r\n\r\n').length - 1;

describe('connections', () => {
  it('are used again, the last one first', async () => {
    const { server, client } = await rig(answerOk);
    await Promise.all([send(client).over, send(client).over]);
    expect(server.sockets).toHaveLength(2);
    for (let i = 0; i < 5; i += 1) await send(client).over;
    expect(server.sockets).toHaveLength(2);
    expect(client.load).toEqual({ connections: 2, idle: 2, queued: 0 });
  });

  it.each([
    ['Connection: close', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok'],
    [
      'a short Keep-Alive',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nkeep-alive: timeout=1\r\n\r\nok',
    ],
    ['excess bytes', `${OK}x`],
    ['a second answer', OK + OK],
    ['a 204 that announces a body', 'HTTP/1.1 204 None\r\ncontent-length: 2\r\n\r\n'],
  ])('are not used again after %s', async (_name, bytes) => {
    const { server, client } = await rig((socket) => void socket.write(bytes));
    for (let i = 0; i < 2; i += 1) {
      const answer = send(client);
      await answer.over;
      expect(answer.error).toBeUndefined();
    }
    expect(server.sockets).toHaveLength(2);
  });

  it('are not used again after a fault, and the next request does not see it', async () => {
    let first = true;
    const { server, client } = await rig((socket) => {
      socket.write(first ? 'HTTP/1.1 200 OK\r\nx : y\r\n\r\n' : OK);
      first = false;
    });
    const bad = send(client);
    await bad.over;
    expect(bad.error?.code).toBe('UPSTREAM_INVALID_ANSWER');
    const good = send(client);
    await good.over;
    expect([good.body, server.sockets.length]).toEqual(['ok', 2]);
  });

  it('are closed by a byte that nobody asked for', async () => {
    const { server, client } = await rig(answerOk);
    await send(client).over;
    server.sockets[0]?.write(OK);
    await expect.poll(() => client.load.connections, SOON).toBe(0);
  });

  it('are closed when they were idle for too long', async () => {
    const { client } = await rig(answerOk, { idleTimeoutMs: 50 });
    await send(client).over;
    expect(client.load.idle).toBe(1);
    await expect.poll(() => client.load.connections, SOON).toBe(0);
  });

  it('are never more than allowed: the rest waits, and carry one request at a time', async () => {
    let early = 0;
    const answered = new Map<unknown, number>();
    const { server, client } = await rig(
      (socket, text) => {
        const before = answered.get(socket) ?? 0;
        // A request that came before the last one's answer was out.
        if (heads(text) !== before + 1) early += 1;
        setImmediate(() => {
          answered.set(socket, before + 1);
          socket.write(OK);
        });
      },
      { maxConnections: 2 },
    );
    const answers = Array.from({ length: 20 }, () => send(client));
    for (const answer of answers) await answer.over;
    expect(answers.every(({ body }) => body === 'ok')).toBe(true);
    expect([server.sockets.length, early]).toEqual([2, 0]);
  });

  it('refuses when too many wait, or for too long', async () => {
    const { client } = await rig(() => undefined, {
      maxConnections: 1,
      maxQueued: 1,
      queueTimeoutMs: 50,
    });
    const answers = [send(client), send(client), send(client)];
    await Promise.all(answers.slice(1).map(({ over }) => over));
    const codes = answers.map(({ error }) => error?.code);
    expect(codes).toEqual([undefined, 'UPSTREAM_QUEUE_TIMEOUT', 'UPSTREAM_QUEUE_FULL']);
  });

  it('a fresh one is made where a repeated request asks for it', async () => {
    const { server, client } = await rig(answerOk, { maxConnections: 1 });
    await send(client).over;
    await send(client, { fresh: true }).over;
    expect(server.sockets).toHaveLength(2);
  });

  it('close when the client closes, after what is under way', async () => {
    const { server, client } = await rig(() => undefined);
    const last = send(client);
    await expect.poll(server.received, SOON).toContain('\r\n\r\n');
    const closed = client.close();
    const late = send(client);
    await late.over;
    expect(late.error?.code).toBe('UPSTREAM_CLOSED');
    server.sockets[0]?.write(OK);
    await closed;
    expect(last.body).toBe('ok');
  });
});

describe('what an upstream does wrong', () => {
  it('says when nobody listens', async () => {
    const client = new Http1Client('http://127.0.0.1:1');
    const answer = send(client);
    await answer.over;
    expect(answer.error?.code).toBe('UPSTREAM_UNREACHABLE');
  });

  it('tells a dead kept connection from one that broke', async () => {
    const used = new Set<unknown>();
    const { client } = await rig((socket) => {
      if (used.has(socket)) socket.destroy();
      else socket.write(OK);
      used.add(socket);
    });
    await send(client).over;
    const stale = send(client);
    await stale.over;
    expect(stale.error?.code).toBe('UPSTREAM_STALE_CONNECTION');
    const { client: other } = await rig((socket) => void socket.destroy());
    const broken = send(other);
    await broken.over;
    expect(broken.error?.code).toBe('UPSTREAM_RESET');
  });

  it.each([
    ['inside a length', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'],
    ['inside a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nabc'],
    ['before the last chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n'],
    ['inside the head', 'HTTP/1.1 200 OK\r\ncontent-le'],
  ])('is no end when it ends %s', async (_name, bytes) => {
    const { client } = await rig((socket) => void socket.end(bytes));
    const answer = send(client);
    await answer.over;
    expect([answer.ended, answer.error?.code]).toEqual([false, 'UPSTREAM_RESET']);
  });

  it.each([
    ['head', { headTimeoutMs: 50 }, '', 'UPSTREAM_HEAD_TIMEOUT'],
    ['silence', { idleTimeoutMs: 50 }, 'HTTP/1.1 200 OK\r\n\r\nx', 'UPSTREAM_BODY_TIMEOUT'],
    ['whole', { totalTimeoutMs: 50 }, 'HTTP/1.1 200 OK\r\n\r\nx', 'UPSTREAM_BODY_TIMEOUT'],
  ])('has a time limit: %s', async (_name, limits, bytes, code) => {
    const { server, client } = await rig((socket) => void socket.write(bytes));
    const answer = send(client, limits);
    await answer.over;
    expect(answer.error?.code).toBe(code);
    await expect.poll(() => server.sockets[0]?.destroyed, SOON).toBe(true);
  });

  it('an answer before the end of the request is handed on, the connection not kept', async () => {
    const { server, client } = await rig(answerOk);
    const body = new Readable({ read: () => undefined });
    body.push('part');
    const answer = send(client, { method: 'POST', body });
    await answer.over;
    expect([answer.status, answer.body]).toEqual([200, 'ok']);
    await expect.poll(() => server.sockets[0]?.destroyed, SOON).toBe(true);
    expect(body.destroyed).toBe(false);
  });

  it('a handler that throws ends its own exchange only', async () => {
    const { client } = await rig(answerOk);
    const bad = send(client);
    bad.onHead = () => {
      throw new Error('no');
    };
    await bad.over;
    expect(bad.error?.code).toBe('UPSTREAM_HANDLER_FAILED');
    const good = send(client);
    await good.over;
    expect(good.body).toBe('ok');
  });
});

describe('giving up', () => {
  it.each([
    ['before the head', ''],
    ['inside the head', 'HTTP/1.1 200'],
    ['inside the body', 'HTTP/1.1 200 OK\r\n\r\nx'],
  ])('cuts the connection %s, and nothing more is told', async (_name, bytes) => {
    const { server, client } = await rig((socket) => void socket.write(bytes));
    const answer = send(client);
    await expect.poll(server.received, SOON).toContain('\r\n\r\n');
    answer.call?.abort();
    await expect.poll(() => server.sockets[0]?.destroyed, SOON).toBe(true);
    expect([client.load.connections, answer.ended, answer.error]).toEqual([0, false, undefined]);
  });

  it('works while the request is sent, while it waits, and before there is a connection', async () => {
    const { server, client } = await rig(() => undefined, { maxConnections: 1 });
    const body = new Readable({ read: () => undefined });
    body.push('part');
    const sending = send(client, { method: 'POST', body });
    const waiting = send(client);
    await expect.poll(server.received, SOON).toContain('part');
    waiting.call?.abort();
    sending.call?.abort();
    await expect.poll(() => server.sockets[0]?.destroyed, SOON).toBe(true);
    const connecting = send(client);
    connecting.call?.abort();
    expect(client.load).toEqual({ connections: 0, idle: 0, queued: 0 });
    expect([sending.error, waiting.error, connecting.error]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
