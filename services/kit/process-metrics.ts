import type { MetricRegistry } from './metric-registry.ts';

/**
 * The allow-list of process metrics. The library's own full set is not used: it fails
 * `promtool check metrics`, and its GC and loop-delay observers cost CPU.
 */
export function addProcessMetrics(registry: MetricRegistry): void {
  registry.gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory size',
    collect: (gauge) => gauge.set(process.memoryUsage.rss()),
  });
  registry
    .gauge({ name: 'process_start_time_seconds', help: 'Unix time of the process start' })
    .set(Math.round((Date.now() - process.uptime() * 1_000) / 1_000));
  registry.gauge({
    name: 'nodejs_eventloop_lag_seconds',
    help: 'Delay of the event loop at the moment of the scrape',
    collect: async (gauge) => gauge.set(await eventLoopLagSeconds()),
  });
  let counted = 0;
  registry.counter({
    name: 'process_cpu_seconds_total',
    help: 'User and system CPU time',
    collect: (counter) => {
      const { user, system } = process.cpuUsage();
      const seconds = (user + system) / 1e6;
      counter.inc({}, Math.max(0, seconds - counted));
      counted = seconds;
    },
  });
}

function eventLoopLagSeconds(): Promise<number> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    setImmediate(() => resolve((performance.now() - startedAt) / 1_000));
  });
}
