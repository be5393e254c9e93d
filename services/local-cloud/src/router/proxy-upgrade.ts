import http from 'node:http';
import type { Duplex } from 'node:stream';
import { responseHeaders, upgradeHeaders } from './forward-headers.ts';
import type { Upstream, UpstreamPool } from './upstream-pool.ts';

export interface UpgradeRequest {
  readonly request: http.IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** Passes a websocket through to an instance, byte by byte. */
export async function proxyUpgrade(pool: UpstreamPool, upgrade: UpgradeRequest): Promise<void> {
  const abort = new AbortController();
  upgrade.socket.once('close', () => {
    abort.abort();
  });
  upgrade.socket.on('error', () => upgrade.socket.destroy());
  try {
    const instance = pool.take() ?? (await pool.wait(abort.signal));
    if (upgrade.socket.destroyed) pool.release(instance);
    else connect(pool, instance, upgrade);
  } catch {
    // No instance, or the client left: nothing more to say on this connection.
    refuseUpgrade(upgrade.socket, '503 Service Unavailable');
  }
}

export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function connect(
  pool: UpstreamPool,
  instance: Upstream,
  { request, socket, head }: UpgradeRequest,
): void {
  const upstream = http.request({
    host: '127.0.0.1',
    port: instance.port,
    method: request.method,
    path: request.url,
    headers: upgradeHeaders(request),
    agent: false,
  });
  let answered = false;
  upstream.once('upgrade', (answer, upstreamSocket, upstreamHead) => {
    writeHead(socket, answer, answer.rawHeaders);
    if (upstreamHead.length > 0) socket.write(upstreamHead);
    if (head.length > 0) upstreamSocket.write(head);
    upstreamSocket.on('error', () => socket.destroy());
    upstreamSocket.once('close', () => socket.destroy());
    socket.once('close', () => upstreamSocket.destroy());
    socket.pipe(upstreamSocket).pipe(socket);
  });
  upstream.once('response', (answer) => {
    // No upgrade after all. Node has taken the body out of its chunks: the end of the connection
    // ends it here.
    answered = true;
    answer.once('error', () => socket.destroy());
    writeHead(socket, answer, [...responseHeaders(answer), 'connection', 'close']);
    answer.pipe(socket);
  });
  upstream.once('error', () => {
    if (answered) socket.destroy();
    else refuseUpgrade(socket, '502 Bad Gateway');
  });
  socket.once('close', () => {
    upstream.destroy();
    pool.release(instance);
  });
  upstream.end();
}

function writeHead(socket: Duplex, answer: http.IncomingMessage, flat: readonly string[]): void {
  const lines = [`HTTP/1.1 ${answer.statusCode ?? 502} ${answer.statusMessage ?? ''}`];
  for (let index = 0; index + 1 < flat.length; index += 2)
    lines.push(`${flat[index] ?? ''}: ${flat[index + 1] ?? ''}`);
  // Node reads header bytes as latin1: written the same way they stay what they were.
  socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
