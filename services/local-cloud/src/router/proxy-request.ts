import http from 'node:http';
import type { Instance } from '../supervisor/instance.ts';
import { NoInstance } from '../supervisor/revision-supervisor.ts';
import type { RevisionSupervisor } from '../supervisor/revision-supervisor.ts';
import { codeOf } from '../start-failure.ts';
import { requestHeaders, responseHeaders } from './forward-headers.ts';
import { INSTANCE_LOST, TOO_SLOW, sendProblem } from './problems.ts';

/** A body up to this size is kept, so that a request can be sent once more. */
const REPLAY_LIMIT = 64 * 1024;

interface Exchange {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly supervisor: RevisionSupervisor;
  readonly timer: NodeJS.Timeout;
  readonly abort: AbortController;
  /** Null until known, or when it is too large to keep. */
  replay: Buffer[] | null;
}

/** Sends one request to an instance of the revision and streams the answer back. */
export function proxyRequest(
  supervisor: RevisionSupervisor,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  const abort = new AbortController();
  const timer = setTimeout(() => {
    abort.abort();
    sendProblem(response, TOO_SLOW);
  }, supervisor.limits.requestTimeoutMs);
  const exchange: Exchange = { request, response, supervisor, timer, abort, replay: [] };
  response.once('close', () => {
    clearTimeout(timer);
    abort.abort();
  });
  const instance = supervisor.take();
  if (instance !== null) {
    forward(exchange, instance, true);
    return;
  }
  supervisor
    .wait(abort.signal)
    .then((waited) => {
      forward(exchange, waited, true);
    })
    .catch((error: unknown) => {
      refuse(response, error);
    });
}

/** Nothing could take the request: 503 (or 429), unless the client or the clock ended it. */
function refuse(response: http.ServerResponse, error: unknown): void {
  if (!(error instanceof NoInstance)) return;
  const { status, message, retryAfterS } = error;
  const code = status === 429 ? 'too_many_requests' : 'no_ready_instance';
  sendProblem(response, { status, code, title: message, retryAfterS });
}

function forward(exchange: Exchange, instance: Instance, mayRetry: boolean): void {
  const { request, response, supervisor } = exchange;
  let released = false;
  const release = (): void => {
    if (released) return;
    released = true;
    supervisor.release(instance);
  };
  const upstream = http.request({
    host: '127.0.0.1',
    port: instance.port,
    method: request.method,
    path: request.url,
    headers: requestHeaders(request),
    agent: instance.agent,
    setDefaultHeaders: false,
  });
  const cancel = (): void => {
    upstream.destroy();
    release();
  };
  exchange.abort.signal.addEventListener('abort', cancel, { once: true });
  upstream.once('response', (answer) => {
    answer.once('error', () => response.destroy());
    answer.once('close', release);
    response.writeHead(answer.statusCode ?? 502, responseHeaders(answer));
    answer.pipe(response);
  });
  upstream.once('error', (error) => {
    exchange.abort.signal.removeEventListener('abort', cancel);
    release();
    if (mayRetry && canRetry(exchange, upstream, error)) retry(exchange);
    else if (!exchange.abort.signal.aborted) sendProblem(response, INSTANCE_LOST);
  });
  sendBody(exchange, upstream);
}

/**
 * A connection kept from an earlier request may have been closed by the instance at the very moment
 * we used it, and an instance may have gone while we connected. In both cases nothing was answered.
 */
function canRetry(exchange: Exchange, upstream: http.ClientRequest, error: Error): boolean {
  const { response, abort, replay } = exchange;
  if (response.headersSent || abort.signal.aborted || replay === null) return false;
  const reset = upstream.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(codeOf(error));
  return reset || codeOf(error) === 'ECONNREFUSED';
}

function retry(exchange: Exchange): void {
  const { supervisor, response, abort } = exchange;
  const next = supervisor.take();
  if (next !== null) {
    forward(exchange, next, false);
    return;
  }
  supervisor
    .wait(abort.signal)
    .then((instance) => {
      forward(exchange, instance, false);
    })
    .catch((error: unknown) => {
      refuse(response, error);
    });
}

function hasBody(request: http.IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length ?? '0') !== '0';
}

function sendBody(exchange: Exchange, upstream: http.ClientRequest): void {
  const { request, replay } = exchange;
  if (!hasBody(request)) {
    upstream.end();
    return;
  }
  for (const piece of replay ?? []) upstream.write(piece);
  if (request.readableEnded) {
    upstream.end();
    return;
  }
  let kept = (replay ?? []).reduce((sum, piece) => sum + piece.length, 0);
  const keep = (piece: Buffer): void => {
    kept += piece.length;
    if (kept > REPLAY_LIMIT) exchange.replay = null;
    exchange.replay?.push(piece);
  };
  request.on('data', keep);
  request.pipe(upstream);
  upstream.once('close', () => {
    request.off('data', keep);
    request.unpipe(upstream);
  });
}
