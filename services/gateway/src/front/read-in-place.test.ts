import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { readInPlace } from './read-in-place.ts';

let server: Server;

afterEach(() => {
  server.close();
});

/** An accepted connection, and the client's side of it. */
async function accepted(): Promise<{ socket: Socket; client: Socket }> {
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  return { socket, client };
}

describe('reading in place', () => {
  it('gives every read to the callback, in the same memory, and none to the stream', async () => {
    const { socket, client } = await accepted();
    const reads: string[] = [];
    const memories = new Set<Buffer>();
    let asData = 0;
    const taken = readInPlace(socket, (length, bytes) => {
      reads.push(bytes.toString('latin1', 0, length));
      memories.add(bytes);
      return true;
    });
    // On Windows, and where Node keeps it elsewhere, it says so and leaves the socket as it is.
    expect(taken).toBe(process.platform !== 'win32');
    socket.on('data', () => (asData += 1));
    client.write('one');
    await expect.poll(() => reads.join('')).toBe('one');
    client.write('two');
    await expect.poll(() => reads.join('')).toBe('onetwo');
    client.end();
    await once(socket, 'end');
    expect([asData, memories.size]).toEqual([0, 1]);
  });

  it('stops at false and goes on at resume', async () => {
    const { socket, client } = await accepted();
    const reads: string[] = [];
    readInPlace(socket, (length, bytes) => {
      reads.push(bytes.toString('latin1', 0, length));
      return reads.length > 1;
    });
    client.write('one');
    await expect.poll(() => reads).toEqual(['one']);
    client.end('two');
    await once(client, 'finish');
    expect(reads).toEqual(['one']);
    const ended = once(socket, 'end');
    socket.resume();
    await ended;
    expect(reads).toEqual(['one', 'two']);
  });

  it('leaves alone what is no open connection, or has a reader', async () => {
    expect(readInPlace(new Socket(), () => true)).toBe(false);
    const { socket, client } = await accepted();
    expect(readInPlace(socket, () => true)).toBe(true);
    expect(readInPlace(socket, () => true)).toBe(false);
    client.destroy();
    socket.destroy();
  });
});
