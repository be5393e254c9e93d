import { verdictOf } from '../../shared/domain/health.ts';
import type { HealthEdge, HealthNode, StackHealth } from '../../shared/domain/health.ts';

function node(id: HealthNode['id'], title: string, now: number): HealthNode {
  return {
    id,
    title,
    state: 'ok',
    word: 'Healthy',
    reason: null,
    since: now - 3_600_000,
    observedAt: now,
    facts: [],
  };
}

function nodes(now: number): Record<HealthNode['id'], HealthNode> {
  return {
    gateway: {
      ...node('gateway', 'Gateway', now),
      facts: [
        { label: 'serving', value: 'gateway-00042 · 100 %' },
        { label: 'instances', value: '2 of 2 ready' },
        { label: 'keys', value: '7 active' },
      ],
    },
    backend: {
      ...node('backend', 'Backend', now),
      facts: [
        { label: 'serving', value: 'backend-00017 · 90 %' },
        { label: 'instances', value: '2 of 2 ready' },
        { label: 'lanes', value: '2' },
      ],
    },
    database: {
      ...node('database', 'Postgres', now),
      facts: [{ label: 'pool', value: '3 of 10' }],
    },
    redis: {
      ...node('redis', 'Redis', now),
      state: 'idle',
      word: 'Not configured',
      since: null,
      facts: [{ label: 'limits', value: 'per instance' }],
    },
    model: {
      ...node('model', 'Model', now),
      word: 'Ready',
      facts: [{ label: 'all-minilm-l6-v2', value: '2 lanes' }],
    },
  };
}

function edges(part: Partial<Record<HealthNode['id'], HealthEdge['state']>>): HealthEdge[] {
  const state = (id: HealthNode['id']): HealthEdge['state'] => part[id] ?? 'ok';
  return [
    { from: 'clients', to: 'gateway', state: state('gateway'), latencyMs: 1.9 },
    { from: 'gateway', to: 'backend', state: state('backend'), latencyMs: 41.2 },
    { from: 'backend', to: 'database', state: state('database'), latencyMs: 6.1 },
    { from: 'backend', to: 'redis', state: 'idle', latencyMs: null },
    { from: 'backend', to: 'model', state: state('model'), latencyMs: 11.3 },
  ];
}

function healthFrom(all: Record<HealthNode['id'], HealthNode>, lines: HealthEdge[]): StackHealth {
  const list = [all.gateway, all.backend, all.database, all.redis, all.model];
  const observedAt = all.gateway.observedAt ?? 0;
  return { nodes: list, edges: lines, verdict: verdictOf(list), observedAt };
}

/** Everything is fine; Redis isn't configured. */
export function healthyStack(now: number): StackHealth {
  return healthFrom(nodes(now), edges({}));
}

/** Postgres is slow, so the backend is degraded. */
export function degradedStack(now: number): StackHealth {
  const all = nodes(now);
  const since = now - 95_000;
  const slow = { state: 'warn', since } as const;
  const database: HealthNode = {
    ...all.database,
    ...slow,
    word: 'Slow',
    reason: 'Postgres answers in 840 ms (usually 6 ms) and the pool of 10 is full.',
    facts: [{ label: 'pool', value: '10 of 10, 23 waiting' }],
  };
  const backend: HealthNode = {
    ...all.backend,
    ...slow,
    word: 'Degraded',
    reason: 'Summary is slow.',
  };
  const lines = edges({ backend: 'warn', database: 'warn' }).map((edge) => {
    if (edge.to === 'database') return { ...edge, latencyMs: 840 };
    return edge.to === 'backend' ? { ...edge, latencyMs: 871 } : edge;
  });
  return healthFrom({ ...all, backend, database }, lines);
}

/** Nothing has answered yet. */
export function unknownStack(now: number): StackHealth {
  const all = nodes(now);
  const unknown = (from: HealthNode): HealthNode => ({
    ...from,
    state: 'idle',
    word: 'Unknown',
    since: null,
    observedAt: null,
    facts: [],
  });
  return healthFrom(
    {
      gateway: unknown(all.gateway),
      backend: unknown(all.backend),
      database: unknown(all.database),
      redis: unknown(all.redis),
      model: unknown(all.model),
    },
    edges({ gateway: 'idle', backend: 'idle', database: 'idle', model: 'idle' }).map((edge) => ({
      ...edge,
      latencyMs: null,
    })),
  );
}
