import type { UpstreamState } from '../metrics/gateway-gauges.ts';
import type { Upstream } from './upstream.ts';

/** The targets of all upstreams, for metrics; each name once, also while a reload is under way. */
export function upstreamStates(upstreams: Iterable<Upstream>): UpstreamState[] {
  const byName = new Map<string, UpstreamState>();
  for (const upstream of upstreams) {
    for (const { label, up, inflight, circuit } of upstream.states()) {
      const earlier = byName.get(label)?.inflight ?? 0;
      byName.set(label, { name: label, up, inflight: earlier + inflight, circuit });
    }
  }
  return [...byName.values()];
}
