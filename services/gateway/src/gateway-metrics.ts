import { REQUEST_DURATION_BUCKETS, createServiceMetrics } from '@omni/kit/metrics.ts';
import type { MetricRegistry } from '@omni/kit/metric-registry.ts';
import type { ServiceMetrics } from '@omni/kit/metrics.ts';
import { AUTH_FAILURES } from './keys/api-key-auth.ts';
import type { AuthFailure } from './keys/api-key-auth.ts';
import type { RequestScope } from './proxy/request-scope.ts';
import { UPSTREAM_ROUTES } from './proxy/route-match.ts';
import { VERSION } from './version.ts';

/** The one upstream's name in labels: never its URL. */
const UPSTREAM = 'backend';
/** First come, never evicted: a slot that changes its key would corrupt two counters. */
const KEY_SLOTS = 100;

export interface GatewayMetrics {
  service: ServiceMetrics;
  requestEnded: (scope: RequestScope, status: number, seconds: number) => void;
  upstreamAnswered: (scope: RequestScope, status: number, seconds: number) => void;
  upstreamRetried: (reason: string) => void;
  authFailed: (reason: AuthFailure) => void;
  limitDecided: (admitted: boolean) => void;
}

/** Values that are read when the metrics are scraped. */
export interface GatewayGauges {
  upstreamUp: () => boolean;
  keystoreEpoch: () => number;
  keystoreStalenessSeconds: () => number;
}

/** All metrics of the gateway. Labels are bounded; no path, address, key or hash is in any. */
export function createGatewayMetrics(revision: string, gauges: GatewayGauges): GatewayMetrics {
  const service = createServiceMetrics({
    version: VERSION,
    revision,
    commit: process.env['OMNI_COMMIT'] ?? 'unknown',
    knownRequests: UPSTREAM_ROUTES.flatMap((route) => {
      const method = route === '/v1/embeddings' ? 'POST' : 'GET';
      return [200, 401, 503].map((status) => ({ method, route, status }));
    }),
  });
  const { registry } = service;
  addGauges(registry, gauges);
  const overhead = registry.histogram({
    name: 'gateway_overhead_seconds',
    help: 'Time in the gateway: total minus waiting for the upstream',
    labelNames: ['http_route'],
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05],
    known: UPSTREAM_ROUTES.map((route) => ({ http_route: route })),
  });
  const keys = addKeyCounters(registry);
  return {
    service,
    ...addUpstreamMetrics(registry),
    ...addDecisionCounters(registry),
    requestEnded(scope, status, seconds) {
      const { method, route, errorType, keyId } = scope;
      service.requestEnded({ method, route, status, errorType, seconds });
      if (keyId === undefined) return;
      overhead.observe(Math.max(0, seconds - scope.upstreamMs / 1_000), { http_route: route });
      keys(keyId, status, seconds);
    },
  };
}

function addGauges(registry: MetricRegistry, gauges: GatewayGauges): void {
  registry.gauge({
    name: 'gateway_upstream_up',
    help: 'Whether the upstream was reachable at the last try',
    labelNames: ['upstream'],
    collect: (gauge) => gauge.set(gauges.upstreamUp() ? 1 : 0, { upstream: UPSTREAM }),
  });
  registry.gauge({
    name: 'gateway_keystore_epoch',
    help: 'Epoch of the key store that this instance enforces; 0 without a store',
    collect: (gauge) => gauge.set(gauges.keystoreEpoch()),
  });
  registry.gauge({
    name: 'gateway_keystore_staleness_seconds',
    help: 'Age of the last confirmation by the key store; 0 without a store',
    collect: (gauge) => gauge.set(gauges.keystoreStalenessSeconds()),
  });
}

function addUpstreamMetrics(
  registry: MetricRegistry,
): Pick<GatewayMetrics, 'upstreamAnswered' | 'upstreamRetried'> {
  const duration = registry.histogram({
    name: 'http_client_request_duration_seconds',
    help: 'Time until the upstream answered',
    labelNames: ['upstream', 'http_request_method', 'http_response_status_code', 'error_type'],
    buckets: REQUEST_DURATION_BUCKETS,
    maxLabelSets: 20,
  });
  const retries = registry.counter({
    name: 'gateway_upstream_retries_total',
    help: 'Requests sent to the upstream a second time',
    labelNames: ['upstream', 'reason'],
    known: [{ upstream: UPSTREAM, reason: 'dead_connection' }],
  });
  return {
    upstreamAnswered(scope, status, seconds) {
      duration.observe(seconds, {
        upstream: UPSTREAM,
        http_request_method: scope.method,
        http_response_status_code: status === 0 ? '' : String(status),
        error_type: scope.errorType ?? '',
      });
    },
    upstreamRetried: (reason) => retries.inc({ upstream: UPSTREAM, reason }),
  };
}

function addDecisionCounters(
  registry: MetricRegistry,
): Pick<GatewayMetrics, 'authFailed' | 'limitDecided'> {
  const failures = registry.counter({
    name: 'gateway_auth_failures_total',
    help: 'Requests refused because of their API key',
    labelNames: ['reason'],
    known: AUTH_FAILURES.map((reason) => ({ reason })),
  });
  const decisions = registry.counter({
    name: 'gateway_ratelimit_decisions_total',
    help: 'Decisions of the rate limiter',
    labelNames: ['policy', 'decision'],
    known: ['admitted', 'refused'].map((decision) => ({ policy: 'key', decision })),
  });
  return {
    authFailed: (reason) => failures.inc({ reason }),
    limitDecided: (admitted) =>
      decisions.inc({ policy: 'key', decision: admitted ? 'admitted' : 'refused' }),
  };
}

function addKeyCounters(
  registry: MetricRegistry,
): (keyId: string, status: number, seconds: number) => void {
  const requests = registry.counter({
    name: 'gateway_key_requests_total',
    help: 'Requests per key (public id) and class of status code',
    labelNames: ['key_id', 'code_class'],
  });
  const time = registry.counter({
    name: 'gateway_key_request_seconds_total',
    help: 'Total duration of requests per key (public id)',
    labelNames: ['key_id'],
  });
  const slots = new Set<string>();
  return (keyId, status, seconds) => {
    if (slots.size < KEY_SLOTS) slots.add(keyId);
    const slot = slots.has(keyId) ? keyId : '__other__';
    requests.inc({ key_id: slot, code_class: `${Math.floor(status / 100)}xx` });
    time.inc({ key_id: slot }, seconds);
  };
}
