import { REQUEST_ID_HEADER, REVISION_HEADER } from '@omni/contracts/headers.ts';
import type { ServiceMetrics } from '@omni/kit/metrics.ts';
import { UNMATCHED_ROUTE } from '@omni/kit/metrics.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { LatencyWindow } from '../health/latency-window.ts';
import type { Log } from '../log.ts';

export interface RequestObservers {
  readonly metrics: ServiceMetrics;
  readonly window: LatencyWindow;
  readonly log: Log;
  readonly revision: string;
}

interface Outcome {
  readonly status: number;
  readonly durationMs: number;
}

/** As nginx logs it: nobody was there to be answered. */
const CLIENT_GONE = 499;

function errorTypeOf(status: number): string | undefined {
  if (status < 400) return undefined;
  if (status === CLIENT_GONE) return 'client_gone';
  return status < 500 ? 'client_error' : 'backend_error';
}

function logRequest(log: Log, request: FastifyRequest, outcome: Outcome): void {
  const fields = {
    method: request.method,
    route: request.routeOptions.url ?? UNMATCHED_ROUTE,
    status: outcome.status,
    dur_ms: Math.round(outcome.durationMs * 10) / 10,
    request_id: request.id,
  };
  // Probes and scrapes come every second: their lines would bury the others.
  if (request.routeOptions.config.access === 'open') log.debug('Request', fields);
  else log.info('Request', fields);
}

/** Stamps every answer with revision and request id, counts, times and logs it. */
export function observeRequests(app: FastifyInstance, observers: RequestObservers): void {
  const { metrics, window, log, revision } = observers;
  /** Method labels of the requests under way: what is not in it any more was counted. */
  const labels = new WeakMap<FastifyRequest, string>();
  const end = (request: FastifyRequest, { status, durationMs }: Outcome): void => {
    const method = labels.get(request);
    if (method === undefined) return;
    labels.delete(request);
    metrics.requestEnded({
      method,
      route: request.routeOptions.url ?? UNMATCHED_ROUTE,
      status,
      errorType: errorTypeOf(status),
      seconds: durationMs / 1_000,
    });
    // How soon a client left says nothing about how fast answers are.
    if (request.routeOptions.config.access !== 'open' && status !== CLIENT_GONE) {
      window.note(durationMs, status >= 500);
    }
    logRequest(log, request, { status, durationMs });
  };
  app.addHook('onRequest', (request, reply, done) => {
    labels.set(request, metrics.requestStarted(request.method));
    reply.header(REVISION_HEADER, revision).header(REQUEST_ID_HEADER, request.id);
    // Fastify has no `onResponse` for a client that left before its answer was out.
    reply.raw.once('close', () => {
      if (reply.raw.writableFinished) return;
      end(request, { status: CLIENT_GONE, durationMs: reply.elapsedTime });
    });
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    end(request, { status: reply.statusCode, durationMs: reply.elapsedTime });
    done();
  });
}
