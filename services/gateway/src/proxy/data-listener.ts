import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROBLEM_TYPE, toProblem } from '@omni/kit/problem-response.ts';
import { isClosing } from './closing-socket.ts';

/**
 * Not `import`: for a module's namespace Node reads every export of node:http, and one of them, a
 * getter, loads Node's whole fetch. That was a quarter of our start.
 */
const { createServer } = process.getBuiltinModule('node:http');

export interface DataListenerOptions {
  /** Every request; `expectsContinue` when the client waits before sending the body. */
  onRequest: (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => void;
  /** A front end keeps its connections longer than we do, or it would meet closed ones. */
  keepAliveTimeoutMs: number;
}

/**
 * The raw HTTP server of the data path, without a framework: it listens before anything else is
 * loaded. Parser limits are Node's strict defaults; what it accepts wrongly is refused by
 * `request-checks.ts`.
 */
export function createDataListener(options: DataListenerOptions): Server {
  const server = createServer({
    keepAlive: true,
    noDelay: true,
    maxHeaderSize: 16 * 1024,
    headersTimeout: 30_000,
    requestTimeout: 300_000,
    keepAliveTimeout: options.keepAliveTimeoutMs,
    connectionsCheckingInterval: 5_000,
  });
  server.on('request', (request, response) => {
    if (!isClosing(request.socket)) options.onRequest(request, response, false);
  });
  // With this listener a refusal is answered before the client sends its body.
  server.on('checkContinue', (request, response) => {
    if (!isClosing(request.socket)) options.onRequest(request, response, true);
  });
  server.on('clientError', answerClientError);
  return server;
}

function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, reason, code } = clientErrorStatus(error.code);
  const body = JSON.stringify(toProblem({ status, code, title: 'The request is not valid HTTP' }));
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\ncontent-type: ${PROBLEM_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function clientErrorStatus(code: string | undefined): {
  status: number;
  reason: string;
  code: string;
} {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return { status: 431, reason: 'Request Header Fields Too Large', code: 'headers_too_large' };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { status: 408, reason: 'Request Timeout', code: 'request_timeout' };
  }
  return { status: 400, reason: 'Bad Request', code: 'invalid_request' };
}
