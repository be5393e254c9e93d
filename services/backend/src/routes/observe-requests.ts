import { REQUEST_ID_HEADER, REVISION_HEADER } from '@omni/contracts/headers.ts';
import type { ServiceMetrics } from '@omni/kit/metrics.ts';
import { UNMATCHED_ROUTE } from '@omni/kit/metrics.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LatencyWindow } from '../health/latency-window.ts';
import type { Log } from '../log.ts';

export interface RequestObservers {
  readonly metrics: ServiceMetrics;
  readonly window: LatencyWindow;
  readonly log: Log;
  readonly revision: string;
}

function errorTypeOf(status: number): string | undefined {
  if (status < 400) return undefined;
  if (status === 499) return 'client_gone';
  return status < 500 ? 'client_error' : 'backend_error';
}

function logRequest(log: Log, request: FastifyRequest, reply: FastifyReply): void {
  const fields = {
    method: request.method,
    route: request.routeOptions.url ?? UNMATCHED_ROUTE,
    status: reply.statusCode,
    dur_ms: Math.round(reply.elapsedTime * 10) / 10,
    request_id: request.id,
  };
  // Probes and scrapes come every second: their lines would bury the others.
  if (request.routeOptions.config.access === 'open') log.debug('Request', fields);
  else log.info('Request', fields);
}

/** Stamps every answer with revision and request id, counts, times and logs it. */
export function observeRequests(app: FastifyInstance, observers: RequestObservers): void {
  const { metrics, window, log, revision } = observers;
  const labels = new WeakMap<FastifyRequest, string>();
  app.addHook('onRequest', (request, reply, done) => {
    labels.set(request, metrics.requestStarted(request.method));
    reply.header(REVISION_HEADER, revision).header(REQUEST_ID_HEADER, request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    metrics.requestEnded({
      method: labels.get(request) ?? 'GET',
      route: request.routeOptions.url ?? UNMATCHED_ROUTE,
      status: reply.statusCode,
      errorType: errorTypeOf(reply.statusCode),
      seconds: reply.elapsedTime / 1_000,
    });
    if (request.routeOptions.config.access !== 'open') {
      window.note(reply.elapsedTime, reply.statusCode >= 500);
    }
    logRequest(log, request, reply);
    done();
  });
}
