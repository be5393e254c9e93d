import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, it } from 'vitest';
import { listenForKeyChanges } from './postgres-key-listener.ts';

/** A message of Postgres' protocol: type, length, content. */
function message(type: string, content: string): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(4 + content.length, 1);
  return Buffer.concat([head, Buffer.from(content, 'latin1')]);
}

const AUTHENTICATED = message('R', '\0\0\0\0');
const READY = message('Z', 'I');
const REFUSED = message('E', 'SERROR\0C25006\0Mcannot execute LISTEN during recovery\0\0');

it('leaves no connection behind when LISTEN is refused', async () => {
  const sockets = new Set<Socket>();
  let connections = 0;
  // As a standby does: it lets in and refuses only LISTEN.
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.once('data', () => {
      socket.write(Buffer.concat([AUTHENTICATED, READY]));
      socket.on('data', (piece) => {
        if (piece.toString('latin1').startsWith('Q')) socket.write(Buffer.concat([REFUSED, READY]));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let notices = 0;
  const url = `postgres://omni@127.0.0.1:${port}/x`;
  const listener = listenForKeyChanges(url, () => (notices += 1));
  try {
    await expect.poll(() => connections, { timeout: 10_000 }).toBe(3);
    await expect.poll(() => sockets.size, { timeout: 900 }).toBeLessThanOrEqual(1);
    expect(notices).toBe(0);
  } finally {
    await listener.stop();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});
