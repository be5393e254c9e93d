import type { Figure } from './figure.ts';

type Budget = Pick<Figure, 'unit' | 'better' | 'goal' | 'hard'>;

/** Target and hard limit of every figure. A runner fails on a hard limit, never on a goal. */
export const BUDGETS = {
  'gateway.ratio_nginx': { unit: '×', better: 'higher', goal: 0.4, hard: 0.3 },
  'gateway.ratio_haproxy': { unit: '×', better: 'higher', goal: 0.4, hard: null },
  'gateway.ratio_undici': { unit: '×', better: 'higher', goal: 1, hard: null },
  'gateway.ratio_fastify_http_proxy': { unit: '×', better: 'higher', goal: 2, hard: 1.5 },
  'gateway.ratio_node_http': { unit: '×', better: 'higher', goal: 0.35, hard: 0.1 },
  'gateway.redis_ratio': { unit: '×', better: 'higher', goal: 0.5, hard: null },
  'gateway.cpu_us_per_request': { unit: 'µs', better: 'lower', goal: 42, hard: null },
  'gateway.cpu_ratio_nginx': { unit: '×', better: 'higher', goal: 0.4, hard: null },
  'gateway.added_p50_ms': { unit: 'ms', better: 'lower', goal: 0.15, hard: null },
  'gateway.added_p99_ms': { unit: 'ms', better: 'lower', goal: 1, hard: null },
  'gateway.sleeping_added_p50_ms': { unit: 'ms', better: 'lower', goal: 0.15, hard: null },
  'gateway.sleeping_added_p99_ms': { unit: 'ms', better: 'lower', goal: 1, hard: null },
  'gateway.spawn_ratio': { unit: '×', better: 'lower', goal: 2.5, hard: 6 },
  'gateway.rss_idle_mb': { unit: 'MB', better: 'lower', goal: 80, hard: 120 },
  'gateway.soak_rss_slope_mb_per_h': { unit: 'MB/h', better: 'lower', goal: 5, hard: null },
  'gateway.keys_10k_load_ms': { unit: 'ms', better: 'lower', goal: 1000, hard: 10_000 },
  'gateway.keys_1m_load_ms': { unit: 'ms', better: 'lower', goal: 20_000, hard: 90_000 },
  'gateway.keys_1m_rss_mb': { unit: 'MB', better: 'lower', goal: 600, hard: 1000 },
  'gateway.keys_lookup_ratio': { unit: '×', better: 'lower', goal: 1.2, hard: 2 },
  'gateway.revocation_p99_ms': { unit: 'ms', better: 'lower', goal: 1000, hard: null },
  'gateway.revocation_accepted_after': { unit: 'answers', better: 'lower', goal: 0, hard: 0 },
  'backend.cpu_ratio_bare': { unit: '×', better: 'lower', goal: 1.18, hard: 1.6 },
  'backend.c1_added_ms': { unit: 'ms', better: 'lower', goal: 1.5, hard: null },
  'backend.cache_hit_ms': { unit: 'ms', better: 'lower', goal: 0.5, hard: null },
  'backend.embeddings_per_s': { unit: '/s', better: 'higher', goal: null, hard: null },
  'backend.live_p99_ms': { unit: 'ms', better: 'lower', goal: 10, hard: null },
  'backend.port_ms': { unit: 'ms', better: 'lower', goal: 300, hard: 3000 },
  'backend.ready_ms': { unit: 'ms', better: 'lower', goal: 1500, hard: 10_000 },
  'backend.lanes_pss_mb': { unit: 'MB', better: 'lower', goal: 400, hard: 400 },
  'backend.overload_p99_budgets': { unit: 'budgets', better: 'lower', goal: 1, hard: 2 },
  'backend.overload_wrong_answers': { unit: 'answers', better: 'lower', goal: 0, hard: 0 },
  'backend.overload_obeyed': { unit: 'share', better: 'higher', goal: 0.95, hard: null },
  'backend.overload_gave_up': { unit: 'share', better: 'lower', goal: 0.01, hard: null },
  'backend.overload_peak_pss_mb': { unit: 'MB', better: 'lower', goal: 300, hard: 512 },
  'backend.overload_recovery_ms': { unit: 'ms', better: 'lower', goal: 500, hard: 2000 },
  'console.window_ms': { unit: 'ms', better: 'lower', goal: 600, hard: 3000 },
  'console.usable_ms': { unit: 'ms', better: 'lower', goal: 900, hard: 5000 },
  'quality.similarity_spearman': { unit: 'ρ', better: 'higher', goal: 0.8, hard: 0.7 },
  'quality.search_mrr': { unit: 'MRR', better: 'higher', goal: 0.3, hard: 0.2 },
  'quality.search_gain': { unit: '×', better: 'higher', goal: 1.1, hard: 1 },
  'quality.classify_accuracy': { unit: 'share', better: 'higher', goal: 0.75, hard: 0.65 },
  'quality.classify_precision': { unit: 'share', better: 'higher', goal: 0.9, hard: 0.8 },
  'quality.classify_foreign_refused': { unit: 'share', better: 'higher', goal: 0.95, hard: 0.85 },
  'quality.verdict_false_alarms': { unit: 'share', better: 'lower', goal: 0.05, hard: 0.05 },
  'quality.verdict_slower': { unit: 'share', better: 'higher', goal: 0.99, hard: 0.99 },
  'quality.verdict_tail': { unit: 'share', better: 'higher', goal: 0.95, hard: 0.95 },
  'quality.verdict_errors': { unit: 'share', better: 'higher', goal: 0.99, hard: 0.95 },
  'local_cloud.start_ms': { unit: 'ms', better: 'lower', goal: 500, hard: 3000 },
  'local_cloud.rss_mb': { unit: 'MB', better: 'lower', goal: 100, hard: 100 },
  'local_cloud.list_1000_ms': { unit: 'ms', better: 'lower', goal: 200, hard: 1000 },
  'local_cloud.router_ratio': { unit: '×', better: 'higher', goal: 0.15, hard: null },
  'deploy.warm_ms': { unit: 'ms', better: 'lower', goal: 1000, hard: 10000 },
  'rollback.api_ms': { unit: 'ms', better: 'lower', goal: 100, hard: 1000 },
  'rollback.requests': { unit: 'requests', better: 'higher', goal: 2000, hard: 2000 },
  'rollback.failed_requests': { unit: 'requests', better: 'lower', goal: 0, hard: 0 },
  'rollback.verified_ms': { unit: 'ms', better: 'lower', goal: 500, hard: 1000 },
} as const satisfies Readonly<Record<string, Budget>>;

export type FigureId = keyof typeof BUDGETS;

/** A figure with its budget filled in. */
export function figure(
  id: FigureId,
  measured: Pick<Figure, 'value' | 'samples' | 'command'> & Partial<Pick<Figure, 'peers' | 'note'>>,
): Figure {
  return { id, ...BUDGETS[id], peers: {}, ...measured };
}
