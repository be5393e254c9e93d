import { REVISION_HEADER } from '@omni/contracts/headers.ts';
import { PROBLEM_TYPE, toProblem } from '@omni/kit/problem-response.ts';
import { requestIdFrom } from '@omni/kit/request-id.ts';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import fastify from 'fastify';
import { addClassifyRoutes } from './ai/classify-routes.ts';
import { addLogClustersRoute } from './ai/log-clusters.ts';
import { addRolloutVerdictRoute } from './ai/rollout-verdict.ts';
import { addSearchRoutes } from './ai/search-routes.ts';
import { addSimilarityRoutes } from './ai/similarity.ts';
import { addTimeSeriesRoutes } from './ai/time-series.ts';
import type { Config } from './config.ts';
import { createAddressGuard } from './internal/rate-limit.ts';
import { createPrincipalGuard } from './internal/require-principal.ts';
import { stripInternalPrefix } from './internal/strip-internal-prefix.ts';
import { addDocsRoutes } from './routes/docs.ts';
import { addEmbeddingsRoute } from './routes/embeddings.ts';
import { addErrorHandlers } from './routes/error-handler.ts';
import { createFaultSwitch } from './routes/fault-switch.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addMetricsRoute } from './routes/metrics.ts';
import { addModelRoutes } from './routes/models.ts';
import { addOipRoutes } from './routes/oip.ts';
import { observeRequests } from './routes/observe-requests.ts';
import type { DocumentedRoute } from '@omni/kit/api-docs/route-doc.ts';
import { collectRouteDocs } from './routes/route-doc.ts';
import { addTrafficRoutes } from './routes/traffic.ts';
import { addSummaryRoute } from './routes/summary.ts';
import type { Service } from './service.ts';
import { VERSION } from './version.ts';

const BODY_LIMIT = 256 * 1024;

export interface App {
  readonly app: FastifyInstance;
  /** Every route that describes itself. */
  readonly routes: readonly DocumentedRoute[];
}

/** The HTTP side of the service: hooks, guards and routes, top to bottom. */
export function createApp(config: Config, service: Service): App {
  const app = fastify(serverOptions(config));
  const routes = collectRouteDocs(app);
  observeRequests(app, { ...service, revision: config.revision });
  addErrorHandlers(app, service.log);
  if (config.internal) {
    app.addHook('onRequest', createPrincipalGuard(config.principalSecrets));
  } else if (config.rateLimitPerMinute > 0) {
    app.addHook('onRequest', createAddressGuard(config.rateLimitPerMinute));
  }
  if (config.faultErrorPercent > 0) {
    app.addHook('onRequest', createFaultSwitch(config.faultErrorPercent));
  }
  addHealthRoutes(app, {
    parts: service.parts,
    models: service.readyModels,
    stopping: service.isStopping,
    version: VERSION,
    revision: config.revision,
  });
  addSummaryRoute(app, service.summary);
  addMetricsRoute(app, service.metrics.render);
  addModelRoutes(app, service.catalog);
  addEmbeddingsRoute(app, service);
  addOipRoutes(app, service, config);
  addTrafficRoutes(app, service, config);
  addSimilarityRoutes(app, service);
  addSearchRoutes(app, service.collections);
  addLogClustersRoute(app, service.analyst);
  addClassifyRoutes(app, service);
  addTimeSeriesRoutes(app, service.analyst);
  addRolloutVerdictRoute(app, service.analyst);
  addDocsRoutes(app, routes, VERSION);
  return { app, routes };
}

function serverOptions(config: Config): FastifyServerOptions {
  const refusal = toProblem({
    status: 400,
    code: 'invalid_request',
    title: 'The request cannot be read',
  });
  return {
    bodyLimit: BODY_LIMIT,
    // Cloud Run appends the caller's address; without a proxy the header is anybody's claim.
    trustProxy: config.onCloudRun ? (_address, hop) => hop === 0 : false,
    genReqId: (request) => {
      const header = request.headers['x-request-id'];
      return requestIdFrom(typeof header === 'string' ? header : undefined);
    },
    // Requests that came in during a drain are still answered, with `Connection: close`.
    return503OnClosing: false,
    ...(config.internal
      ? { rewriteUrl: (request) => stripInternalPrefix(request.url ?? '/') }
      : {}),
    frameworkErrors: (_error, _request, reply) => {
      reply.hijack();
      reply.raw.writeHead(400, {
        [REVISION_HEADER]: config.revision,
        'content-type': PROBLEM_TYPE,
      });
      reply.raw.end(JSON.stringify(refusal));
    },
    clientErrorHandler: (_error, socket) => {
      if (!socket.writable) return;
      const body = JSON.stringify(refusal);
      socket.end(
        `HTTP/1.1 400 Bad Request\r\n${REVISION_HEADER}: ${config.revision}\r\ncontent-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
      );
    },
  };
}
