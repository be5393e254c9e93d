import { REQUEST_DURATION_BUCKETS } from '@omni/kit/metrics.ts';
import type { MetricRegistry } from '@omni/kit/metric-registry.ts';
import { OutcomeSeries } from '@omni/kit/outcome-series.ts';
import type { RequestScope } from '../proxy/request-scope.ts';

/** Label of the one upstream of UPSTREAM_URL. */
export const DEFAULT_UPSTREAM = 'backend';

const TTFB_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1, 5, 30];
const MAX_UPSTREAMS = 8;
/** Methods times statuses of all upstreams; 23 series each. */
const MAX_DURATION_SETS = 10;

export interface UpstreamMetrics {
  answered: (scope: RequestScope, status: number, seconds: number) => void;
  /** The exchange is over; only for requests that were answered before, if only by a failure. */
  ended: (scope: RequestScope) => void;
  retried: (reason: string, upstream?: string) => void;
}

/** Time to the upstream's first and last byte, and retries. */
export function addUpstreamMetrics(registry: MetricRegistry): UpstreamMetrics {
  const duration = registry.histogram({
    name: 'http_client_request_duration_seconds',
    help: "Time from sending a request to the last byte of the upstream's answer",
    labelNames: ['upstream', 'http_request_method', 'http_response_status_code', 'error_type'],
    buckets: REQUEST_DURATION_BUCKETS,
    maxLabelSets: MAX_DURATION_SETS,
  });
  const series = new OutcomeSeries(duration, 'upstream');
  const firstByte = addFirstByte(registry);
  const retries = registry.counter({
    name: 'gateway_upstream_retries_total',
    help: 'Requests sent to an upstream once more',
    labelNames: ['upstream', 'reason'],
    maxLabelSets: 40,
    known: [{ upstream: DEFAULT_UPSTREAM, reason: 'dead_connection' }],
  });
  return {
    answered(scope, status, seconds) {
      if (status > 0) firstByte(scope.upstream, seconds);
    },
    ended(scope) {
      const handle = series.handle(scope.upstream, scope, scope.upstreamStatus);
      duration.observeAt(handle, scope.upstreamMs / 1_000);
    },
    retried: (reason, upstream = DEFAULT_UPSTREAM) => retries.inc({ upstream, reason }),
  };
}

function addFirstByte(registry: MetricRegistry): (upstream: string, seconds: number) => void {
  const firstByte = registry.histogram({
    name: 'gateway_upstream_ttfb_seconds',
    help: "Time from sending a request to the head of the upstream's answer",
    labelNames: ['upstream'],
    buckets: TTFB_BUCKETS,
    maxLabelSets: MAX_UPSTREAMS,
    known: [{ upstream: DEFAULT_UPSTREAM }],
  });
  const handles = new Map<string, number>();
  return (upstream, seconds) => {
    let handle = handles.get(upstream);
    if (handle === undefined) {
      handle = firstByte.handle({ upstream });
      handles.set(upstream, handle);
    }
    firstByte.observeAt(handle, seconds);
  };
}
