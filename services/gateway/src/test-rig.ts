import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@omni/kit/logger.ts';
import { readGatewayConfig } from './config.ts';
import { createGateway } from './gateway.ts';
import { GATEWAY_LOG_FIELDS } from './request-log.ts';

/** For tests: a gateway in this process, an upstream, and a client that sends raw bytes. */
export const TEST_KEY = 'static-test-key';

export interface TestUpstream {
  url: string;
  server: Server;
  /** Requests that arrived, without the gateway's own probes. */
  requests: IncomingMessage[];
  stop: () => Promise<void>;
}

export type UpstreamHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers every request with the handler; probes are answered apart. */
export async function startUpstream(handler: UpstreamHandler): Promise<TestUpstream> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/health/ready') === true) {
      response.end('{}');
      return;
    }
    requests.push(request);
    handler(request, response);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    requests,
    stop: () => close(server),
  };
}

export interface TestGateway {
  url: string;
  port: number;
  /** Everything logged so far. */
  log: () => string;
  stop: () => Promise<void>;
}

/** A gateway with the given environment; port and static key are set. */
export async function startGateway(env: Record<string, string>): Promise<TestGateway> {
  const config = readGatewayConfig({ PORT: '0', API_KEYS: TEST_KEY, ...env });
  let log = '';
  const logger = createLogger({
    service: 'gateway',
    revision: 'test',
    extraFields: GATEWAY_LOG_FIELDS,
    write: (text) => (log += text),
  });
  const gateway = await createGateway(config, logger);
  const port = await gateway.start();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    log() {
      logger.flush();
      return log;
    },
    stop: () => gateway.stop({ idleGraceMs: 0, eventsGraceMs: 0 }),
  };
}

/** Sends raw bytes and returns what came back until the connection closed or `until` matched. */
export function sendRaw(port: number, text: string, until?: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    socket.setTimeout(5_000, () => {
      socket.destroy(new Error(`No end of the answer: ${received}`));
    });
    socket.on('data', (piece) => {
      received += piece.toString('latin1');
      if (until?.test(received) === true) socket.destroy();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // A reset after the answer is an end like any other.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(received);
      else reject(error);
    });
    socket.once('close', () => resolve(received));
  });
}

export function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
