import { randomUUID } from 'node:crypto';
import { MetricRegistry } from './metric-registry.ts';
import type { Outcome } from './outcome-series.ts';
import { METHOD_LABELS, methodIndex, OutcomeSeries } from './outcome-series.ts';
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

/** A finished request as the request histogram counts it; its method is from `requestStarted`. */
export interface ObservedRequest extends Outcome {
  /** Route template or configured route id, never the path. */
  readonly route: string;
  /** W3C trace context, for the exemplar. */
  readonly traceparent?: string | undefined;
}

export interface RequestObservation extends ObservedRequest {
  readonly status: number;
  readonly seconds: number;
}

export interface ServiceMetricsOptions {
  version: string;
  revision: string;
  commit?: string;
  /** Requests that certainly come, created with 0 so that the first error is seen by `rate`. */
  knownRequests?: readonly { method: string; route: string; status: number }[];
  /** Cap of the request histogram's label sets, where other metrics need the room. */
  maxRequestLabelSets?: number;
}

export interface ServiceMetrics {
  /** For the service's own metrics; they share the series cap. */
  registry: MetricRegistry;
  /** Counts a request as active; returns its method label for `requestEnded`. */
  requestStarted: (method: string | undefined) => string;
  requestEnded: (observation: RequestObservation) => void;
  /** The same without an object of its own, for a path that counts nanoseconds. */
  observeRequest: (request: ObservedRequest, status: number, seconds: number) => void;
  /** Text exposition; `accept` is the header of the scrape. */
  render: (accept?: string) => Promise<{ contentType: string; body: string }>;
}

/**
 * What both services expose: request duration, active requests, build and instance identity and the
 * allow-listed process metrics, in one registry per service.
 */
export function createServiceMetrics(options: ServiceMetricsOptions): ServiceMetrics {
  const registry = new MetricRegistry();
  addIdentity(registry, options);
  addProcessMetrics(registry);
  const { active, observeRequest } = addRequestMetrics(registry, options);
  return {
    registry,
    requestStarted(method) {
      const index = methodIndex(method);
      active[index] = (active[index] ?? 0) + 1;
      return METHOD_LABELS[index] ?? '';
    },
    requestEnded: (observation) =>
      observeRequest(observation, observation.status, observation.seconds),
    observeRequest,
    render: (accept) => registry.render(accept),
  };
}

function addRequestMetrics(
  registry: MetricRegistry,
  options: ServiceMetricsOptions,
): Pick<ServiceMetrics, 'observeRequest'> & { active: Int32Array } {
  const duration = registry.histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Duration of HTTP server requests',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code', 'error_type'],
    buckets: REQUEST_DURATION_BUCKETS,
    maxLabelSets: options.maxRequestLabelSets ?? MAX_REQUEST_LABEL_SETS,
    known: (options.knownRequests ?? []).map(({ method, route, status }) => ({
      http_request_method: method,
      http_route: route,
      http_response_status_code: String(status),
    })),
  });
  const series = new OutcomeSeries(duration, 'http_route');
  const active = addActiveRequests(registry);
  return {
    active,
    observeRequest(request, status, seconds) {
      const index = methodIndex(request.method);
      active[index] = (active[index] ?? 1) - 1;
      const handle = series.handle(request.route, request, status);
      duration.observeAt(handle, seconds, request.traceparent);
    },
  };
}

/** Plain numbers on the request path; the gauge is set from them at the scrape. */
function addActiveRequests(registry: MetricRegistry): Int32Array {
  const active = new Int32Array(METHOD_LABELS.length);
  registry.gauge({
    name: 'http_server_active_requests',
    help: 'Number of requests being served',
    labelNames: ['http_request_method'],
    collect: (gauge) => {
      METHOD_LABELS.forEach((method, index) => {
        gauge.set(active[index] ?? 0, { http_request_method: method });
      });
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
