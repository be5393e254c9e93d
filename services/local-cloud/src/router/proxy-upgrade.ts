import http from 'node:http';
import type { Duplex } from 'node:stream';
import { upgradeHeaders } from './forward-headers.ts';
import type { Upstream, UpstreamPool } from './upstream-pool.ts';

export interface UpgradeRequest {
  readonly request: http.IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** Passes a websocket (or any other upgrade) through to an instance, byte by byte. */
export async function proxyUpgrade(pool: UpstreamPool, upgrade: UpgradeRequest): Promise<void> {
  const abort = new AbortController();
  upgrade.socket.once('close', () => {
    abort.abort();
  });
  upgrade.socket.on('error', () => upgrade.socket.destroy());
  try {
    connect(pool, pool.take() ?? (await pool.wait(abort.signal)), upgrade);
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
  upstream.once('upgrade', (answer, upstreamSocket, upstreamHead) => {
    socket.write(headText(answer));
    if (upstreamHead.length > 0) socket.write(upstreamHead);
    if (head.length > 0) upstreamSocket.write(head);
    upstreamSocket.on('error', () => socket.destroy());
    upstreamSocket.once('close', () => socket.destroy());
    socket.once('close', () => upstreamSocket.destroy());
    socket.pipe(upstreamSocket).pipe(socket);
  });
  upstream.once('response', (answer) => {
    socket.write(headText(answer));
    answer.pipe(socket);
  });
  upstream.once('error', () => {
    refuseUpgrade(socket, '502 Bad Gateway');
  });
  socket.once('close', () => {
    upstream.destroy();
    pool.release(instance);
  });
  upstream.end();
}

function headText(answer: http.IncomingMessage): string {
  const lines = [`HTTP/1.1 ${answer.statusCode ?? 502} ${answer.statusMessage ?? ''}`];
  for (let index = 0; index + 1 < answer.rawHeaders.length; index += 2)
    lines.push(`${answer.rawHeaders[index] ?? ''}: ${answer.rawHeaders[index + 1] ?? ''}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
