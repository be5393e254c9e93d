import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { attachHttpDrain } from '@omni/kit/drain-http-server.ts';
import type { HttpDrain } from '@omni/kit/drain-http-server.ts';
import { afterEach } from 'vitest';
import { markClosing } from '../../proxy/closing-socket.ts';
import type { ClientRequest, ClientResponse } from '../../proxy/client-message.ts';
import { Front } from '../front.ts';
import { readInPlace } from '../read-in-place.ts';

/** Polling ends as soon as it is true; a busy machine may take a while. */
export const SOON = { timeout: 10_000, interval: 5 };
export const HOST = 'Host: a\r\n';
export const GET = `GET /get HTTP/1.1\r\n${HOST}\r\n`;
export const CHUNKED = `POST /chunked HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`;

/** A front before a server of node:http, both answering the same. */
export interface FrontRig {
  port: number;
  server: Server;
  handedOver: number;
  sockets: Set<Socket>;
  drain: HttpDrain;
  /** Who served each request: `front` or `node`. */
  readers: string[];
  /** Answers that wait, because their target begins with /wait. */
  waiting: ClientResponse[];
  /** Closed answers: whether they were whole. */
  closed: boolean[];
  /** Bodies as the front gave them, by request. */
  given: (Buffer | null)[];
  /** Where the bytes of each connection go that is read in place. */
  feeds: ((bytes: Buffer) => boolean)[];
}

interface RigOptions {
  keepAliveTimeoutMs?: number;
  headersTimeoutMs?: number;
  /** As where Node keeps its `onread` elsewhere. */
  neverInPlace?: boolean;
}

/** Echoes method, target and body; `/close`, `/stream` and `/wait` do what they say. */
function respond(
  rig: FrontRig,
  { request, response }: { request: ClientRequest; response: ClientResponse },
  body: string,
): void {
  const url = request.url ?? '';
  response.on('close', () => rig.closed.push(response.writableFinished));
  if (url.startsWith('/wait')) {
    rig.waiting.push(response);
    return;
  }
  if (url.startsWith('/close')) {
    response.shouldKeepAlive = false;
    markClosing(request.socket);
  }
  const text = `${request.method ?? ''} ${url} ${body}`;
  if (url.startsWith('/stream')) {
    response.writeHead(200, []);
    response.write(text, 'latin1');
    response.write(Buffer.from('é'));
    response.addTrailers([['x-t', '1']]);
    response.end();
    return;
  }
  const empty = url.startsWith('/204');
  response.writeHead(empty ? 204 : 200, empty ? [] : ['content-length', String(text.length)]);
  if (empty) response.end();
  else response.end(text, 'latin1');
}

async function startFront({
  neverInPlace = false,
  ...options
}: RigOptions = {}): Promise<FrontRig> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
    request.once('end', () => {
      rig.readers.push('node');
      respond(rig, { request, response }, body);
    });
  });
  // Listeners of before the front are called with what it hands over.
  server.on('connection', () => (rig.handedOver += 1));
  const front = new Front(server, {
    serves: (target) => !target.startsWith('/admin'),
    onRequest(request, response) {
      rig.readers.push('front');
      rig.given.push(request.body);
      respond(rig, { request, response }, request.body?.toString('latin1') ?? '');
    },
    readInPlace(socket, onRead) {
      rig.feeds.push((bytes) => onRead(bytes.length, bytes));
      return !neverInPlace && readInPlace(socket, onRead);
    },
    keepAliveTimeoutMs: 60_000,
    headersTimeoutMs: 60_000,
    ...options,
  });
  const rig: FrontRig = {
    ...{ port: 0, server, handedOver: 0, sockets, drain: attachHttpDrain(server, front) },
    ...{ readers: [], waiting: [], closed: [], given: [], feeds: [] },
  };
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  rig.port = (server.address() as AddressInfo).port;
  return rig;
}

export interface RawConnection {
  socket: Socket;
  received: () => string;
  isClosed: () => boolean;
}

export async function open({ port }: FrontRig): Promise<RawConnection> {
  let received = '';
  let isClosed = false;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('data', (piece) => (received += piece.toString('latin1')));
  socket.on('error', () => undefined);
  socket.once('close', () => (isClosed = true));
  await once(socket, 'connect');
  return { socket, received: () => received, isClosed: () => isClosed };
}

/** Starts rigs that are gone after each test. */
export function frontRigs(): typeof startFront {
  const rigs: FrontRig[] = [];
  afterEach(() => {
    for (const { server, sockets } of rigs.splice(0)) {
      server.close();
      for (const socket of sockets) socket.destroy();
    }
  });
  return async (options) => {
    const rig = await startFront(options);
    rigs.push(rig);
    return rig;
  };
}

/** The echoes in what was received, in order. */
export const bodies = (received: string): string[] =>
  [...received.matchAll(/(?:GET|POST|PUT) \/[a-z0-9]+ [a-z]*/g)].map(([text]) => text);
