import type { Server } from 'node:http';
import { UNMATCHED_ROUTE } from '@omni/kit/metrics.ts';
import { attachHttpDrain } from '@omni/kit/drain-http-server.ts';
import type { HttpDrain } from '@omni/kit/drain-http-server.ts';
import { requestIdFrom } from '@omni/kit/request-id.ts';
import type { StayAwake } from './busy-poll.ts';
import type { GatewayConfig } from './config.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import { DEFAULT_UPSTREAM } from './metrics/upstream-metrics.ts';
import type { AccessLog } from './log/access-log.ts';
import type { Observers } from './observers.ts';
import { answer, answerFault, answerRefusal } from './proxy/answer.ts';
import { clientAddress } from './proxy/client-address.ts';
import { ClientHead } from './proxy/client-head.ts';
import type { ClientRequest, ClientResponse, StreamedMessage } from './proxy/client-message.ts';
import { createCors, isPreflight, preflightHeaders } from './proxy/cors.ts';
import type { Cors } from './proxy/cors.ts';
import { createDataListener } from './proxy/data-listener.ts';
import type { ProxyRequest } from './proxy/proxy-request.ts';
import { refusals } from './proxy/refusal.ts';
import { checkRequest, hasUnexpectedBody } from './proxy/request-checks.ts';
import { leavePlace } from './proxy/take-place.ts';
import { NO_UPSTREAM } from './proxy/request-scope.ts';
import type { RequestScope } from './proxy/request-scope.ts';
import { matchOwnRoute, mayBeAdmin, pathOf } from './proxy/route-match.ts';
import type { OwnRoute } from './proxy/route-match.ts';
import type { GatewayLogger } from './request-log.ts';
import type { ConfigStore } from './routing/config-store.ts';
import type { Route } from './routing/route.ts';
import { NOT_FOUND } from './routing/route-table.ts';
import { traceparentFrom } from './tracing/trace-context.ts';

/** What a listener answers beside health and metrics. */
export interface Plane {
  data: boolean;
  admin: boolean;
}

export interface AppParts {
  config: GatewayConfig;
  plane: Plane;
  logger: GatewayLogger;
  metrics: GatewayMetrics;
  accessLog: AccessLog;
  observers: Observers;
  proxy: ProxyRequest;
  routing: ConfigStore;
  /** Counts the use of the request's key, if it has one. */
  keyEnded: (scope: RequestScope, status: number, durationMs: number) => void;
  /** Something has just happened: the next thing may follow soon. */
  stayAwake: StayAwake | null;
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
  const cors = createGatewayCors(config.ALLOWED_ORIGINS ?? []);
  const route = createRouting(parts, cors);
  const serve = (scope: RequestScope): void => {
    // Not `once`: a response closes once, and taking the listener off costs as much as the call.
    scope.response.on('close', () => closeScope(parts, scope));
    try {
      const refusal = checkRequest(scope.request, scope.head);
      if (refusal === null) {
        route(scope);
        return;
      }
      addCors(scope, cors);
      answerRefusal(scope, refusal);
    } catch (fault) {
      answerFault(scope, fault);
    }
  };
  const { server, front } = createDataListener({
    // Longer than the front end's own timeout, so that it never meets a closed connection.
    keepAliveTimeoutMs: config.K_SERVICE === undefined ? 72_000 : 650_000,
    headersTimeoutMs: config.HEADERS_TIMEOUT_MS,
    maxConnections: config.MAX_CONNECTIONS,
    // The admin API's framework needs node:http.
    servesWhole: (target) => !mayBeAdmin(target),
    onWholeRequest: (request, response) =>
      serve(openScope(parts, { request, response, body: request.body })),
    onRequest: (request, response, expectsContinue) =>
      serve(openStreamed(parts, { request, response, expectsContinue })),
    onUnknownExpectation(request, response) {
      const scope = openStreamed(parts, { request, response });
      response.once('close', () => closeScope(parts, scope));
      answerRefusal(scope, refusals.expectation);
    },
    onUpgrade(request, response, upgrade) {
      const scope = openStreamed(parts, { request, response, upgrade: { request, ...upgrade } });
      if (drain.draining) {
        scope.response.once('close', () => closeScope(parts, scope));
        answerRefusal(scope, refusals.draining);
      } else serve(scope);
    },
  });
  const drain = attachHttpDrain(server, front);
  return { server, drain };
}

/** CORS headers of answers; undefined where CORS is off, so that it costs nothing. */
type MaybeCors = Cors | undefined;

function createGatewayCors(origins: readonly string[]): MaybeCors {
  return origins.length === 0 ? undefined : createCors(origins);
}

function addCors(scope: RequestScope, cors: MaybeCors): void {
  if (cors !== undefined) for (const item of cors(scope.head.origin)) scope.headers.push(item);
}

function createRouting(
  { ownRoutes, admin, proxy, routing, plane }: AppParts,
  gatewayCors: MaybeCors,
): (scope: RequestScope) => void {
  const serveOwn = (scope: RequestScope, own: OwnRoute): void => {
    if (own === '/admin/v1') admin(scope);
    else ownRoutes(scope, own);
  };
  return (scope) => {
    const own = matchOwnRoute(scope.path);
    if (isElsewhere(plane, own)) {
      answerRefusal(scope, refusals.notFound);
      return;
    }
    if (own !== undefined) {
      scope.route = own;
      addCors(scope, gatewayCors);
      if (!refusesBody(scope, false)) serveOwn(scope, own);
      return;
    }
    const route = takeRoute(scope, routing);
    const cors = route?.cors ?? gatewayCors;
    addCors(scope, cors);
    if (refusesBody(scope, route?.allowGetBody === true)) return;
    if (cors !== undefined && isPreflight(scope)) {
      answer(scope, { status: 204, headers: preflightHeaders(scope, cors), body: '' });
      return;
    }
    proxy(scope);
  };
}

/** Health and metrics are on every listener. */
function isElsewhere(plane: Plane, own: OwnRoute | undefined): boolean {
  if (own === '/admin/v1') return !plane.admin;
  return own === undefined && !plane.data;
}

/** Looks the route up in the configuration in force, which the request keeps to its end. */
function takeRoute(scope: RequestScope, { current }: ConfigStore): Route | undefined {
  scope.snapshot = current;
  current.enter();
  const decision = current.table.find(scope.head.host, scope.method, scope.path);
  scope.decision = decision;
  if (decision.kind !== 'route') return undefined;
  scope.route = decision.route.labelOf(scope.path);
  return decision.route;
}

function refusesBody(scope: RequestScope, allowed: boolean): boolean {
  if (allowed || !hasUnexpectedBody(scope.method, scope.head)) return false;
  answerRefusal(scope, refusals.unexpectedBody);
  return true;
}

interface ScopeOrigin {
  request: ClientRequest;
  response: ClientResponse;
  streamed?: StreamedMessage;
  body?: Buffer | null;
  expectsContinue?: boolean;
  upgrade?: RequestScope['upgrade'];
}

function openStreamed(
  parts: AppParts,
  origin: StreamedMessage & Pick<ScopeOrigin, 'expectsContinue' | 'upgrade'>,
): RequestScope {
  const { request, response } = origin;
  return openScope(parts, { ...origin, streamed: { request, response } });
}

function openScope(parts: AppParts, origin: ScopeOrigin): RequestScope {
  const { request, response, streamed, body = null, expectsContinue = false, upgrade } = origin;
  const { config, metrics, observers } = parts;
  const head = new ClientHead(request.rawHeaders);
  const span = observers.tracer?.begin(head);
  const requestId = requestIdFrom(head['x-request-id']);
  const startedAt = performance.now();
  parts.stayAwake?.(startedAt);
  return {
    request,
    response,
    streamed,
    body,
    head,
    requestId,
    startedAt,
    method: metrics.service.requestStarted(request.method),
    path: pathOf(request.url ?? '/'),
    clientAddress: clientAddress(
      request.socket.remoteAddress,
      head['x-forwarded-for'],
      config.trustedHops,
    ),
    traceparent: span === undefined ? traceparentFrom(head) : span.traceparent,
    span,
    expectsContinue,
    route: UNMATCHED_ROUTE,
    snapshot: undefined,
    decision: NOT_FOUND,
    upgrade,
    switchedAt: 0,
    headers: ['x-request-id', requestId, 'x-omni-revision', config.K_REVISION],
    keyId: undefined,
    key: undefined,
    place: undefined,
    errorType: undefined,
    fault: undefined,
    reason: undefined,
    upstream: DEFAULT_UPSTREAM,
    upstreamStatus: NO_UPSTREAM,
    upstreamSentAt: 0,
    upstreamMs: 0,
    bytesSent: 0,
    exchange: undefined,
  };
}

function closeScope(parts: AppParts, scope: RequestScope): void {
  const switched = scope.switchedAt > 0;
  scope.snapshot?.leave();
  leavePlace(scope);
  if (!scope.response.writableFinished) {
    scope.exchange?.abandon();
    if (!switched) scope.errorType ??= 'client_aborted';
  }
  const now = performance.now();
  const durationMs = now - scope.startedAt;
  const status = statusOf(scope);
  // How long a WebSocket was open is no latency.
  const answeredMs = switched ? scope.switchedAt - scope.startedAt : durationMs;
  parts.metrics.requestEnded(scope, status, answeredMs / 1_000);
  parts.keyEnded(scope, status, durationMs);
  parts.accessLog(scope, status, durationMs);
  tellObservers(parts, scope, status);
  parts.stayAwake?.(now);
}

function tellObservers(parts: AppParts, scope: RequestScope, status: number): void {
  const { span, errorType } = scope;
  if (span !== undefined) parts.observers.tracer?.end(scope, span, status);
  if (errorType?.startsWith('gateway_') === true) reportFault(parts, scope, status);
}

/** 499 as nginx logs it: the client left before there was a status. */
function statusOf({ response, switchedAt }: RequestScope): number {
  if (switchedAt > 0) return 101;
  return response.headersSent ? response.statusCode : 499;
}

function reportFault({ logger, observers }: AppParts, scope: RequestScope, status: number): void {
  observers.faults?.requestFailed(scope, status);
  const { fault } = scope;
  if (fault === undefined) return;
  logger.error('The gateway failed a request', {
    code: 'INTERNAL_ERROR',
    request_id: scope.requestId,
    route: scope.route,
    error: fault instanceof Error ? fault.message : 'Something that is no Error was thrown',
    stack: fault instanceof Error ? fault.stack : undefined,
  });
}
