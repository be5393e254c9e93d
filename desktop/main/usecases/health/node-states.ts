import type { HealthNode, HealthNodeId, HealthState } from '../../../shared/domain/health.ts';

export const NODE_TITLES: Readonly<Record<HealthNodeId, string>> = {
  gateway: 'Gateway',
  backend: 'Backend',
  database: 'Database',
  redis: 'Redis',
  model: 'Model',
};

/** A node as one reading sees it; `since` is found by comparing with the reading before. */
export type NodeReading = Omit<HealthNode, 'since'> & { readonly since: number | null };

/** What a word of a service's health answer means on the screen. */
export const WORDS: Readonly<
  Record<string, { readonly state: HealthState; readonly word: string }>
> = {
  ok: { state: 'ok', word: 'Healthy' },
  healthy: { state: 'ok', word: 'Healthy' },
  degraded: { state: 'warn', word: 'Degraded' },
  starting: { state: 'starting', word: 'Starting' },
  down: { state: 'bad', word: 'Down' },
  unhealthy: { state: 'bad', word: 'Down' },
  not_configured: { state: 'idle', word: 'Not configured' },
};

/** A node about which nothing is known now, with the reason. */
export function unknownNode(id: HealthNodeId, reason: string, word = 'Unknown'): NodeReading {
  return {
    id,
    title: NODE_TITLES[id],
    state: 'idle',
    word,
    reason,
    since: null,
    observedAt: null,
    facts: [],
  };
}
