import { createServiceMetrics } from '@omni/kit/metrics.ts';
import type { ServiceMetrics } from '@omni/kit/metrics.ts';
import type { AuthFailure } from './keys/auth-decision.ts';
import { AUTH_FAILURES } from './keys/auth-decision.ts';
import { addGatewayGauges } from './metrics/gateway-gauges.ts';
import type { GatewayGauges } from './metrics/gateway-gauges.ts';
import { addKeyMetrics } from './metrics/key-metrics.ts';
import { addOverheadMetric } from './metrics/overhead-metric.ts';
import { addUpstreamMetrics } from './metrics/upstream-metrics.ts';
import { NO_UPSTREAM } from './proxy/request-scope.ts';
import type { RequestScope } from './proxy/request-scope.ts';
import { UPSTREAM_ROUTES } from './proxy/route-match.ts';
import { VERSION } from './version.ts';

/** 48 sets of 23 series: leaves the keys and the upstreams their part of the 2,000. */
const MAX_REQUEST_LABEL_SETS = 48;

/**
 * What the request path reports. Each call costs some tens of nanoseconds: label sets are resolved
 * once to integer handles, observations add to one array, text is written at the scrape.
 */
export interface GatewayMetrics {
  service: ServiceMetrics;
  /** The request is over; everything else about it is read from its scope. */
  requestEnded: (scope: RequestScope, status: number, seconds: number) => void;
  /**
   * The upstream's head came, `seconds` after the request was sent, or (status 0) the last attempt
   * failed. Reads `scope.upstream`.
   */
  upstreamAnswered: (scope: RequestScope, status: number, seconds: number) => void;
  upstreamRetried: (reason: string, upstream?: string) => void;
  authFailed: (reason: AuthFailure) => void;
}

/** All metrics of the gateway. Labels are bounded; no path, address, key or hash is in any. */
export function createGatewayMetrics(revision: string, gauges: GatewayGauges): GatewayMetrics {
  const service = createServiceMetrics({
    version: VERSION,
    revision,
    commit: process.env['OMNI_COMMIT'] ?? 'unknown',
    maxRequestLabelSets: MAX_REQUEST_LABEL_SETS,
    knownRequests: UPSTREAM_ROUTES.flatMap((route) => {
      const method = route === '/v1/embeddings' ? 'POST' : 'GET';
      return [200, 401, 503].map((status) => ({ method, route, status }));
    }),
  });
  const { registry } = service;
  addGatewayGauges(registry, gauges);
  const overhead = addOverheadMetric(registry, UPSTREAM_ROUTES);
  const upstream = addUpstreamMetrics(registry);
  const keys = addKeyMetrics(registry);
  return {
    service,
    upstreamAnswered: upstream.answered,
    upstreamRetried: upstream.retried,
    authFailed: addAuthFailures(service),
    requestEnded(scope, status, seconds) {
      service.observeRequest(scope, status, seconds);
      if (scope.upstreamStatus !== NO_UPSTREAM) upstream.ended(scope);
      if (scope.keyId === undefined) return;
      overhead(scope.route, seconds - scope.upstreamMs / 1_000);
      keys(scope.keyId, status, seconds);
    },
  };
}

function addAuthFailures({ registry }: ServiceMetrics): (reason: AuthFailure) => void {
  const failures = registry.counter({
    name: 'gateway_auth_failures_total',
    help: 'Requests refused because of their API key',
    labelNames: ['reason'],
    known: AUTH_FAILURES.map((reason) => ({ reason })),
  });
  const handles = new Map(AUTH_FAILURES.map((reason) => [reason, failures.handle({ reason })]));
  return (reason) => failures.add(handles.get(reason) ?? failures.handle({ reason }));
}
