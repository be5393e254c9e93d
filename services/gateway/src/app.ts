import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { attachHttpDrain } from '@omni/kit/drain-http-server.ts';
import type { HttpDrain } from '@omni/kit/drain-http-server.ts';
import { requestIdFrom } from '@omni/kit/request-id.ts';
import type { GatewayConfig } from './config.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import { DEFAULT_UPSTREAM } from './metrics/upstream-metrics.ts';
import { answer, answerRefusal } from './proxy/answer.ts';
import { clientAddress } from './proxy/client-address.ts';
import { ClientHead } from './proxy/client-head.ts';
import { createCors, isPreflight, preflightHeaders } from './proxy/cors.ts';
import { createDataListener } from './proxy/data-listener.ts';
import type { ProxyRequest } from './proxy/proxy-request.ts';
import { checkRequest } from './proxy/request-checks.ts';
import { NO_UPSTREAM } from './proxy/request-scope.ts';
import type { RequestScope } from './proxy/request-scope.ts';
import { matchOwnRoute, pathOf, routeLabel } from './proxy/route-match.ts';
import type { OwnRoute } from './proxy/route-match.ts';
import { logRequest } from './request-log.ts';
import type { GatewayLogger } from './request-log.ts';
import { traceparentFrom } from './tracing/trace-context.ts';

export interface AppParts {
  config: GatewayConfig;
  logger: GatewayLogger;
  metrics: GatewayMetrics;
  proxy: ProxyRequest;
  ownRoutes: (scope: RequestScope, route: Exclude<OwnRoute, '/admin/v1'>) => void;
  admin: (scope: RequestScope) => void;
}

export interface App {
  server: Server;
  drain: HttpDrain;
}

/** The HTTP side of the gateway: one listener, and who answers which request. */
export function createApp(parts: AppParts): App {
  const { config } = parts;
  const cors = createCors(config.ALLOWED_ORIGINS ?? []);
  const corsOn = (config.ALLOWED_ORIGINS ?? []).length > 0;
  const route = createRouting(parts);
  const server = createDataListener({
    // Longer than the front end's own timeout, so that it never meets a closed connection.
    keepAliveTimeoutMs: config.K_SERVICE === undefined ? 72_000 : 650_000,
    onRequest(request, response, expectsContinue) {
      const scope = openScope(request, response, { expectsContinue, parts });
      if (corsOn) scope.headers.push(...cors(request));
      response.once('close', () => closeScope(parts, scope));
      const refusal = checkRequest(request, scope.head);
      if (refusal === null) route(scope);
      else answerRefusal(scope, refusal);
    },
  });
  return { server, drain: attachHttpDrain(server) };
}

function createRouting({ config, ownRoutes, admin, proxy }: AppParts): (s: RequestScope) => void {
  const corsOn = (config.ALLOWED_ORIGINS ?? []).length > 0;
  return (scope) => {
    const own = matchOwnRoute(scope.path);
    if (own !== undefined) {
      scope.route = own;
      if (own === '/admin/v1') admin(scope);
      else ownRoutes(scope, own);
      return;
    }
    scope.route = routeLabel(scope.path);
    if (corsOn && isPreflight(scope.request)) {
      answer(scope, { status: 204, headers: preflightHeaders(scope.request), body: '' });
      return;
    }
    proxy(scope);
  };
}

function openScope(
  request: IncomingMessage,
  response: ServerResponse,
  { expectsContinue, parts }: { expectsContinue: boolean; parts: AppParts },
): RequestScope {
  const { config, metrics } = parts;
  const head = new ClientHead(request.rawHeaders);
  const requestId = requestIdFrom(head['x-request-id']);
  return {
    request,
    response,
    head,
    requestId,
    startedAt: performance.now(),
    method: metrics.service.requestStarted(request.method),
    path: pathOf(request.url ?? '/'),
    clientAddress: clientAddress(
      request.socket.remoteAddress,
      head['x-forwarded-for'],
      config.trustedHops,
    ),
    traceparent: traceparentFrom(head),
    expectsContinue,
    route: '__unmatched__',
    headers: ['x-request-id', requestId, 'x-omni-revision', config.K_REVISION],
    keyId: undefined,
    key: undefined,
    errorType: undefined,
    reason: undefined,
    upstream: DEFAULT_UPSTREAM,
    upstreamStatus: NO_UPSTREAM,
    upstreamMs: 0,
    bytesSent: 0,
    exchange: undefined,
  };
}

function closeScope({ metrics, logger }: AppParts, scope: RequestScope): void {
  const { response } = scope;
  if (!response.writableFinished) {
    scope.exchange?.abandon();
    scope.errorType ??= 'client_aborted';
  }
  const durationMs = performance.now() - scope.startedAt;
  // 499 as nginx logs it: the client left before there was a status.
  const status = response.headersSent ? response.statusCode : 499;
  metrics.requestEnded(scope, status, durationMs / 1_000);
  logRequest(logger, scope, { status, durationMs });
}
