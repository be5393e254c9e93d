import type { MetricRegistry } from '@omni/kit/metric-registry.ts';

const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05];
/** More routes than this share the overflow series. */
const MAX_ROUTES = 16;
/** Routes are configured; this bounds memory should one ever come from a client. */
const MAX_REMEMBERED = 200;

/** Observes the time that the gateway itself took with a request of a route. */
export function addOverheadMetric(
  registry: MetricRegistry,
  routes: readonly string[],
): (route: string, seconds: number) => void {
  const overhead = registry.histogram({
    name: 'gateway_overhead_seconds',
    help: 'Time in the gateway: total minus waiting for the upstream',
    labelNames: ['http_route'],
    buckets: BUCKETS,
    maxLabelSets: MAX_ROUTES,
  });
  const handles = new Map<string, number>();
  const handleOf = (route: string): number => {
    const handle = overhead.handle({ http_route: route });
    if (handles.size < MAX_REMEMBERED) handles.set(route, handle);
    return handle;
  };
  for (const route of routes) handleOf(route);
  return (route, seconds) => {
    overhead.observeAt(handles.get(route) ?? handleOf(route), Math.max(0, seconds));
  };
}
