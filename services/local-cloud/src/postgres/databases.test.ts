import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ensureDatabase } from './databases.ts';

const servers: net.Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** AuthenticationOk and ReadyForQuery: the client is connected after them. */
const GREETING = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

/** A Postgres that lets a client in and is gone with the first query. */
async function startDying(): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(GREETING);
      socket.once('data', () => socket.resetAndDestroy());
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('ensureDatabase', () => {
  it('rejects when Postgres goes away, and nothing else ends', async () => {
    // An error event without a listener would fail the whole run as an uncaught exception.
    const port = await startDying();
    await expect(ensureDatabase({ port, password: 'secret' }, 'shop')).rejects.toThrow();
  });
});
