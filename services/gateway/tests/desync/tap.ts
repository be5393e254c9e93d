import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { NotHttp, readRequest } from '../strict-http.ts';
import type { StrictMessage } from '../strict-http.ts';
import { listen } from './other-servers.ts';

/** Two sockets joined, and the requests that went through, read to the letter. */
export interface Tap {
  port: number;
  stop: () => Promise<void>;
}

/** `seen` is called with a request before its last bytes are passed on. */
export async function startTap(
  target: number,
  seen: (request: StrictMessage) => void,
): Promise<Tap> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const onward = connect(target, '127.0.0.1');
    const read = reader(seen);
    for (const [from, to] of [
      [client, onward],
      [onward, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.once('end', () => to.end());
      from.once('close', () => to.destroy());
    }
    client.on('data', (piece) => {
      read(piece);
      onward.write(piece);
    });
    onward.on('data', (piece) => client.write(piece));
  });
  return {
    port: await listen(server),
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Reads one connection; behind the first thing that is no request nothing may be taken for one. */
function reader(seen: (request: StrictMessage) => void): (piece: Buffer) => void {
  let bytes = Buffer.alloc(0);
  let broken = false;
  return (piece) => {
    if (broken) return;
    bytes = Buffer.concat([bytes, piece]);
    try {
      for (let next = readRequest(bytes); next !== null; next = readRequest(bytes)) {
        seen(next);
        bytes = bytes.subarray(next.end);
      }
    } catch (error) {
      if (!(error instanceof NotHttp)) throw error;
      broken = true;
    }
  };
}
