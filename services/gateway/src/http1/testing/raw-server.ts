import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Http1Client } from '../http1-client.ts';
import type { ResponseHandler, UpstreamCall, UpstreamRequest } from '../upstream-client.ts';
import type { UpstreamError } from '../upstream-error.ts';

/** A server of raw bytes. */
export interface RawServer {
  readonly port: number;
  /** Sockets in the order of their coming, closed ones too. */
  readonly sockets: Socket[];
  /** Everything that was received, all connections together. */
  received: () => string;
  stop: () => Promise<void>;
}

/** Starts one; `onData` gets each piece with everything its socket received so far. */
export async function startRawServer(
  onData: (socket: Socket, text: string) => void,
  tls?: { key: string; cert: string },
): Promise<RawServer> {
  const sockets: Socket[] = [];
  let received = '';
  const accept = (socket: Socket): void => {
    sockets.push(socket);
    let text = '';
    // The client cuts connections: that is what is tested.
    socket.on('error', () => undefined);
    socket.on('data', (piece: Buffer) => {
      text += piece.toString('latin1');
      received += piece.toString('latin1');
      onData(socket, text);
    });
  };
  const server: Server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    received: () => received,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Everything that a handler was told. */
export class Recorder implements ResponseHandler {
  status = 0;
  headers: string[] = [];
  body = '';
  bytes = 0;
  trailers: readonly string[] = [];
  informational: number[] = [];
  error: UpstreamError | undefined;
  switched: Parameters<NonNullable<ResponseHandler['onUpgrade']>>[0] | undefined;
  ended = false;
  /** Answer of `onData`. */
  takesMore = true;
  call: UpstreamCall | undefined;
  readonly over: Promise<void>;
  #resolve: () => void = () => undefined;

  constructor() {
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  onInformational(status: number): void {
    this.informational.push(status);
  }

  onHead(status: number, headers: string[]): void {
    this.status = status;
    this.headers = headers;
  }

  onData(bytes: Buffer, start: number, end: number): boolean {
    this.bytes += end - start;
    if (this.bytes < 1_000_000) this.body += bytes.toString('latin1', start, end);
    return this.takesMore;
  }

  onReadEnd(): void {
    // Nothing is held back here.
  }

  onEnd(trailers: readonly string[]): void {
    this.ended = true;
    this.trailers = trailers;
    this.#resolve();
  }

  onError(error: UpstreamError): void {
    this.error = error;
    this.#resolve();
  }

  onUpgrade(answer: Parameters<NonNullable<ResponseHandler['onUpgrade']>>[0]): void {
    this.switched = answer;
    this.#resolve();
  }
}

const GET: UpstreamRequest = {
  method: 'GET',
  path: '/',
  headers: ['host', 'upstream'],
  body: null,
  bodyLength: undefined,
  headTimeoutMs: 10_000,
  idleTimeoutMs: 10_000,
  totalTimeoutMs: 0,
};

/** Sends a request and records what becomes of it. */
export function send(client: Http1Client, request: Partial<UpstreamRequest> = {}): Recorder {
  const recorder = new Recorder();
  recorder.call = client.send({ ...GET, ...request }, recorder);
  return recorder;
}
