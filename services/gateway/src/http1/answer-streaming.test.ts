import { afterEach, describe, expect, it } from 'vitest';
import { TICK_MS } from './coarse-clock.ts';
import { Http1Client } from './http1-client.ts';
import { send, startRawServer } from './testing/raw-server.ts';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

type OnData = Parameters<typeof startRawServer>[0];

async function rig(onData: OnData): Promise<{ client: Http1Client }> {
  const server = await startRawServer(onData);
  const client = new Http1Client(`http://127.0.0.1:${server.port}`);
  stops.push(server.stop, () => client.destroy());
  return { client };
}

describe('answers on the way', () => {
  it('hands on interim answers and trailers', async () => {
    const { client } = await rig((socket) => {
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n');
      socket.write(
        'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-sum: 1\r\n\r\n',
      );
    });
    const answer = send(client);
    await answer.over;
    expect(answer).toMatchObject({ informational: [103], body: 'ok', trailers: ['x-sum', '1'] });
  });

  it('hands on the socket after a switch of protocols', async () => {
    const { client } = await rig((socket, text) => {
      if (text.endsWith('ping')) socket.write('pong');
      else socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\nhello');
    });
    const answer = send(client, { upgrade: 'websocket' });
    await answer.over;
    expect(answer.switched?.head.toString()).toBe('hello');
    const echoed = new Promise((resolve) => answer.switched?.socket.once('data', resolve));
    answer.switched?.socket.write('ping');
    expect(String(await echoed)).toBe('pong');
    answer.switched?.socket.destroy();
    expect(client.load.connections).toBe(0);
  });

  it('stops reading while the handler takes no more, and goes on', async () => {
    const total = 64 * 1024 * 1024;
    let written = 0;
    const { client } = await rig((socket) => {
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
    // No single stall of a busy machine lasts that long by the gateway's clock.
    const idleTimeoutMs = 1_000;
    const answer = send(client, { idleTimeoutMs });
    answer.takesMore = false;
    await expect.poll(() => answer.bytes > 0, { timeout: 10_000 }).toBe(true);
    const pausedAt = performance.now();
    let before = -1;
    // Settled when nothing was written for two polls; a paused answer has no time limit.
    await expect
      .poll(
        () =>
          before === (before = written) &&
          performance.now() - pausedAt > idleTimeoutMs + 2 * TICK_MS,
        { timeout: 10_000, interval: 200 },
      )
      .toBe(true);
    expect(written).toBeLessThan(total / 2);
    answer.takesMore = true;
    answer.call?.resume();
    await answer.over;
    expect(answer.bytes).toBe(total);
  });
});
