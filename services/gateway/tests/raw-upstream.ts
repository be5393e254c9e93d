import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { StrictMessage } from './strict-http.ts';
import { NotHttp, readRequest, valuesOf } from './strict-http.ts';

/** What the upstream sends back; `null` leaves the request without an answer. */
export interface RawAnswer {
  bytes: Buffer | string;
  close?: boolean;
}

export interface RawUpstreamEvents {
  /** A whole, well-formed request. */
  onRequest: (request: StrictMessage, socket: Socket) => RawAnswer | null;
  /** The gateway wrote something that no gateway may write. */
  onViolation: (what: string, bytes: Buffer) => void;
}

export interface RawUpstream {
  url: string;
  /** Connections that are open now. */
  connections: () => number;
  stop: () => Promise<void>;
}

const EMPTY = Buffer.alloc(0);
const PROBE = 'omni-gateway-probe';

/**
 * An upstream on raw sockets that reads to the letter: bytes that are no request, or a request
 * before the last one was answered, are violations. The gateway's own probes are answered apart.
 */
export async function startRawUpstream(events: RawUpstreamEvents): Promise<RawUpstream> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    // A gateway that gives up on an answer resets the connection: nothing to tell.
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, events);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    connections: () => sockets.size,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serve(socket: Socket, events: RawUpstreamEvents): void {
  let received = EMPTY;
  let answered = true;
  socket.on('data', (piece) => {
    received = received.length === 0 ? piece : Buffer.concat([received, piece]);
    if (!answered) {
      events.onViolation('bytes before the last answer', received);
      return;
    }
    const request = tryRead(received, events);
    if (request === null) return;
    if (request.end < received.length) events.onViolation('bytes behind a request', received);
    received = EMPTY;
    answered = respond(socket, request, events);
  });
}

function tryRead(received: Buffer, events: RawUpstreamEvents): StrictMessage | null {
  try {
    return readRequest(received);
  } catch (error) {
    if (!(error instanceof NotHttp)) throw error;
    events.onViolation(`malformed request: ${error.message}`, received);
    return null;
  }
}

/** Whether an answer was sent and the connection may be used again. */
function respond(socket: Socket, request: StrictMessage, events: RawUpstreamEvents): boolean {
  const isProbe = valuesOf(request, 'user-agent')[0] === PROBE;
  const answer = isProbe
    ? { bytes: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}' }
    : events.onRequest(request, socket);
  if (answer === null) return false;
  if (answer.close === true) socket.end(answer.bytes);
  else socket.write(answer.bytes);
  return true;
}

/** An answer with a body, as bytes. */
export function okAnswer(body: string, headers = ''): string {
  return `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}
