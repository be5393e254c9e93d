import { randomUUID } from 'node:crypto';
import { MetricRegistry } from './metric-registry.ts';
import { addProcessMetrics } from './process-metrics.ts';

/** Route label of a request that no known route matches. */
export const UNMATCHED_ROUTE = '__unmatched__';

/** OTel's bounds, plus the 0.3 s of our latency objective and long ones for cold starts. */
export const REQUEST_DURATION_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.3, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 30, 60, 120,
  300,
];

/** The big histogram has 23 series per label set: 80 sets are nearly the whole budget. */
const MAX_REQUEST_LABEL_SETS = 80;

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);

/** The method as a bounded label value: `_OTHER` for what HTTP does not know. */
export function methodLabel(method: string | undefined): string {
  return method !== undefined && METHODS.has(method) ? method : '_OTHER';
}

/** A finished request as the request histogram counts it. */
export interface RequestObservation {
  /** From `requestStarted`. */
  method: string;
  /** Route template or configured route id, never the path. */
  route: string;
  status: number;
  /** From a closed list; its prefix tells the fault domain (`client_`, `gateway_`, `upstream_`). */
  errorType?: string | undefined;
  seconds: number;
}

export interface ServiceMetricsOptions {
  version: string;
  revision: string;
  commit?: string;
  /** Requests that certainly come, created with 0 so that the first error is seen by `rate`. */
  knownRequests?: readonly { method: string; route: string; status: number }[];
}

export interface ServiceMetrics {
  /** For the service's own metrics; they share the series cap. */
  registry: MetricRegistry;
  /** Counts a request as active; returns its method label for `requestEnded`. */
  requestStarted: (method: string | undefined) => string;
  requestEnded: (observation: RequestObservation) => void;
  render: () => Promise<{ contentType: string; body: string }>;
}

/**
 * What both services expose: request duration, active requests, build and instance identity and the
 * allow-listed process metrics, in one registry per service.
 */
export function createServiceMetrics(options: ServiceMetricsOptions): ServiceMetrics {
  const registry = new MetricRegistry();
  addIdentity(registry, options);
  addProcessMetrics(registry);
  const duration = registry.histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Duration of HTTP server requests',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code', 'error_type'],
    buckets: REQUEST_DURATION_BUCKETS,
    maxLabelSets: MAX_REQUEST_LABEL_SETS,
    known: (options.knownRequests ?? []).map(({ method, route, status }) => ({
      http_request_method: method,
      http_route: route,
      http_response_status_code: String(status),
    })),
  });
  const active = addActiveRequests(registry);
  return {
    registry,
    requestStarted(method) {
      const label = methodLabel(method);
      active.set(label, (active.get(label) ?? 0) + 1);
      return label;
    },
    requestEnded({ method, route, status, errorType, seconds }) {
      active.set(method, (active.get(method) ?? 1) - 1);
      duration.observe(seconds, {
        http_request_method: method,
        http_route: route,
        http_response_status_code: String(status),
        ...(errorType === undefined ? {} : { error_type: errorType }),
      });
    },
    render: () => registry.render(),
  };
}

/** Plain numbers on the request path; the gauge is set from them at the scrape. */
function addActiveRequests(registry: MetricRegistry): Map<string, number> {
  const active = new Map<string, number>([
    ['GET', 0],
    ['POST', 0],
  ]);
  registry.gauge({
    name: 'http_server_active_requests',
    help: 'Number of requests being served',
    labelNames: ['http_request_method'],
    collect: (gauge) => {
      for (const [method, count] of active) gauge.set(count, { http_request_method: method });
    },
  });
  return active;
}

function addIdentity(registry: MetricRegistry, options: ServiceMetricsOptions): void {
  registry
    .gauge({
      name: 'omni_build_info',
      help: 'What runs here; always 1',
      labelNames: ['version', 'commit', 'revision'],
    })
    .set(1, {
      version: options.version,
      commit: options.commit ?? 'unknown',
      revision: options.revision,
    });
  registry
    .gauge({
      name: 'target_info',
      help: 'Identity of this process; a new id means a restart; always 1',
      labelNames: ['service_instance_id'],
    })
    .set(1, { service_instance_id: randomUUID() });
}
