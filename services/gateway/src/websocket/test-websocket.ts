import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TEST_KEY } from '../test-rig.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const CLIENT_KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

export function acceptOf(key: string | undefined): string {
  return createHash('sha1')
    .update(`${key ?? ''}${GUID}`)
    .digest('base64');
}

/** A text frame with a short payload; masked as clients must. */
export function textFrame(text: string, masked: boolean): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.from([0x81, (masked ? 0x80 : 0) | payload.length]);
  return Buffer.concat([head, Buffer.alloc(masked ? 4 : 0), payload]);
}

export interface WebSocketUpstream {
  url: string;
  /** Handshakes that arrived. */
  requests: IncomingMessage[];
  /** Plain requests that arrived. */
  plain: IncomingMessage[];
  sockets: Duplex[];
  stop: () => Promise<void>;
}

/** Accepts every WebSocket; `opened` gets its socket and the bytes that came with the handshake. */
export async function startWebSocketUpstream(
  opened: (socket: Duplex, head: Buffer) => void,
  answerOf?: (request: IncomingMessage) => string,
): Promise<WebSocketUpstream> {
  const [requests, plain]: [IncomingMessage[], IncomingMessage[]] = [[], []];
  const sockets: Duplex[] = [];
  const server = createServer({ shouldUpgradeCallback: () => true }, (request, response) => {
    if (request.url !== '/health/ready') plain.push(request);
    response.end('plain');
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    requests.push(request);
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    const accept = acceptOf(request.headers['sec-websocket-key']);
    socket.write(
      answerOf?.(request) ??
        'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n' +
          `server: secret\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    );
    opened(socket, head);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    plain,
    sockets,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface TestSocket {
  socket: Socket;
  /** Everything received, as latin1. */
  received: () => string;
  ended: () => boolean;
}

/** Sends a handshake (and `early` bytes right behind it) without reading the answer first. */
export function openSocket(
  port: number,
  { headers = {}, early, key = TEST_KEY, path = '/ws' }: OpenOptions = {},
): TestSocket {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  let ended = false;
  const fields = {
    host: 'test',
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': CLIENT_KEY,
    ...(key === null ? {} : { 'x-api-key': key }),
    ...headers,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  if (early !== undefined) socket.write(early);
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.on('close', () => (ended = true));
  return { socket, received: () => text, ended: () => ended };
}

interface OpenOptions {
  headers?: Record<string, string>;
  early?: Buffer;
  key?: string | null;
  path?: string;
}
