import type { MetricRegistry } from '@omni/kit/metric-registry.ts';

export type CircuitState = 'closed' | 'half_open' | 'open';

/** State of one upstream, read when the metrics are scraped. */
export interface UpstreamState {
  /** Bounded metric label, never a URL. */
  readonly name: string;
  readonly up: boolean;
  readonly inflight?: number | undefined;
  readonly circuit?: CircuitState | undefined;
}

/** Values that are read when the metrics are scraped. */
export interface GatewayGauges {
  upstreams: () => readonly UpstreamState[];
  keystoreEpoch: () => number;
  keystoreStalenessSeconds: () => number;
  /** Lines that were not logged because standard output did not take them. */
  logLinesDropped: () => number;
  /** Spent looking for the next request instead of sleeping. */
  busyPollSeconds: () => number;
}

/** More upstreams than this share the overflow series. */
const MAX_UPSTREAMS = 20;
const CIRCUIT_VALUE: Readonly<Record<CircuitState, number>> = { closed: 0, half_open: 1, open: 2 };

/** Gauges and counters whose values live elsewhere. */
export function addGatewayGauges(registry: MetricRegistry, gauges: GatewayGauges): void {
  const perUpstream = (
    name: string,
    help: string,
    read: (state: UpstreamState) => number,
  ): void => {
    registry.gauge({
      name,
      help,
      labelNames: ['upstream'],
      maxLabelSets: MAX_UPSTREAMS,
      collect: (gauge) => {
        for (const state of gauges.upstreams()) gauge.set(read(state), { upstream: state.name });
      },
    });
  };
  const up = 'Whether the upstream was reachable at the last try';
  perUpstream('gateway_upstream_up', up, (state) => (state.up ? 1 : 0));
  const inflight = 'Requests sent to the upstream whose answer is not complete';
  perUpstream('gateway_upstream_inflight', inflight, (state) => state.inflight ?? 0);
  const circuit = 'Circuit of the upstream: 0 closed, 1 half open, 2 open';
  perUpstream(
    'gateway_circuit_state',
    circuit,
    (state) => CIRCUIT_VALUE[state.circuit ?? 'closed'],
  );
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
  addCounter(registry, {
    name: 'gateway_log_lines_dropped_total',
    help: 'Log lines lost because standard output did not take them',
    read: gauges.logLinesDropped,
  });
  addCounter(registry, {
    name: 'gateway_busy_poll_seconds_total',
    help: 'Part of the CPU time that went by looking for the next request instead of sleeping',
    read: gauges.busyPollSeconds,
  });
}

/** A counter of something that is counted elsewhere. */
function addCounter(
  registry: MetricRegistry,
  { name, help, read }: { name: string; help: string; read: () => number },
): void {
  let counted = 0;
  registry.counter({
    name,
    help,
    collect: (counter) => {
      const now = read();
      counter.inc({}, now - counted);
      counted = now;
    },
  });
}
