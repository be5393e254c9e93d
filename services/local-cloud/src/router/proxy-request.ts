import http from 'node:http';
import { codeOf } from '../start-failure.ts';
import { affinityCookie, affinityOf } from './affinity.ts';
import { hasBody, requestHeaders, responseHeaders } from './forward-headers.ts';
import { INSTANCE_LOST, TOO_SLOW, sendProblem } from './problems.ts';
import { NoInstance } from './upstream-pool.ts';
import type { Upstream, UpstreamPool } from './upstream-pool.ts';

/** A body up to this size is kept, so that a request can be sent once more. */
const REPLAY_LIMIT = 64 * 1024;
/** A refused connection carried nothing: another instance may be asked more than once. */
const MOST_REFUSALS = 3;
const RESETS: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);
/** Doing these twice is doing them once (RFC 9110, 9.2.2). */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** One request on its way. */
interface Exchange {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly pool: UpstreamPool;
  /** The client left, or the time is over. */
  over: boolean;
  /** Ends what is going on at the moment: the wait, or the request to the instance. */
  cancel: () => void;
  /** Attempts that failed. */
  failures: number;
  /** What was read of the body so far; null when it is too large to keep. */
  replay: Buffer[] | null;
}

/** Sends one request to an instance of the revision and streams the answer back. */
export function proxyRequest(
  pool: UpstreamPool,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  const cancel = (): void => undefined;
  const exchange: Exchange = {
    request,
    response,
    pool,
    over: false,
    cancel,
    failures: 0,
    replay: [],
  };
  const end = (): void => {
    exchange.over = true;
    exchange.cancel();
  };
  const timer = setTimeout(() => {
    end();
    sendProblem(response, TOO_SLOW);
  }, pool.limits.requestTimeoutMs);
  response.once('close', () => {
    clearTimeout(timer);
    end();
  });
  forwardWhenPossible(exchange);
}

function forwardWhenPossible(exchange: Exchange): void {
  const { pool, request, response } = exchange;
  const upstream = pool.take(pool.limits.sessionAffinity ? affinityOf(request) : '');
  if (upstream !== null) {
    forward(exchange, upstream);
    return;
  }
  const abort = new AbortController();
  exchange.cancel = () => {
    abort.abort();
  };
  pool
    .wait(abort.signal)
    .then((waited) => {
      if (exchange.over) pool.release(waited);
      else forward(exchange, waited);
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

function forward(exchange: Exchange, instance: Upstream): void {
  const { request, response, pool } = exchange;
  let released = false;
  const release = (): void => {
    if (released) return;
    released = true;
    exchange.cancel = (): void => undefined;
    pool.release(instance);
  };
  const upstream = http.request({
    host: '127.0.0.1',
    port: instance.port,
    method: request.method,
    path: request.url,
    headers: requestHeaders(request),
    agent: instance.agent,
  });
  exchange.cancel = () => {
    upstream.destroy();
    release();
  };
  upstream.once('response', (answer) => {
    answer.once('error', () => response.destroy());
    answer.once('close', release);
    response.writeHead(answer.statusCode ?? 502, answerHeaders(exchange, answer, instance));
    answer.pipe(response);
  });
  upstream.once('error', (error) => {
    release();
    if (exchange.over) return;
    // One kept connection may be closed for its age; two in a row tell of an instance that is ending.
    if (!upstream.reusedSocket || exchange.failures > 0) pool.suspect(instance);
    exchange.failures += 1;
    if (canRetry(exchange, upstream, error)) forwardWhenPossible(exchange);
    else sendProblem(response, INSTANCE_LOST);
  });
  sendBody(exchange, upstream);
}

/** With session affinity the client learns which instance it was with, when that is news to it. */
function answerHeaders(
  { pool, request }: Exchange,
  answer: http.IncomingMessage,
  { id }: Upstream,
): string[] {
  const headers = responseHeaders(answer);
  if (pool.limits.sessionAffinity && affinityOf(request) !== id)
    headers.push('set-cookie', affinityCookie(id));
  return headers;
}

/**
 * A connection kept from an earlier request may have been closed by the instance at the very moment
 * we used it: nothing was answered, but it may have been read and acted upon, so only what may be done
 * twice is sent again. A refused connection carried nothing at all. A revision that is being stopped
 * costs no POST: it gets its signal when it has no requests, and our idle connections are closed first.
 */
function canRetry(exchange: Exchange, upstream: http.ClientRequest, error: Error): boolean {
  if (exchange.response.headersSent || exchange.replay === null) return false;
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return exchange.failures <= MOST_REFUSALS;
  if (!upstream.reusedSocket || !IDEMPOTENT.has(exchange.request.method ?? '')) return false;
  return exchange.failures === 1 && RESETS.has(code);
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
