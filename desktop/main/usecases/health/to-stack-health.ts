import type { BackendHealth, GatewayHealth, PartHealth } from '@omni/contracts/health.ts';
import type {
  HealthEdge,
  HealthNodeId,
  HealthState,
  StackHealth,
} from '../../../shared/domain/health.ts';
import { HEALTH_NODES, verdictOf } from '../../../shared/domain/health.ts';
import type { HealthAnswer } from '../../ports/health-probe.ts';
import type { NodeReading } from './node-states.ts';
import { NODE_TITLES, unknownNode, WORDS } from './node-states.ts';

/** What one round of probes brought. Null answer: the service isn't deployed. */
export interface ProbeRound {
  readonly at: number;
  readonly gateway: HealthAnswer<GatewayHealth> | null;
  readonly backend: HealthAnswer<BackendHealth> | null;
}

/** One round of probes -> the picture of the stack, compared with the picture before. */
export function toStackHealth(round: ProbeRound, before: StackHealth | null): StackHealth {
  const { at } = round;
  const backend = round.backend?.health ?? null;
  const nodes = [
    serviceNode('gateway', round.gateway, at),
    serviceNode('backend', round.backend, at),
    partNode('database', backend?.services.database, at),
    partNode('redis', backend?.services.redis, at),
    partNode('model', backend?.services.ai, at),
  ];
  return assemble({ at, nodes, edges: edgesOf(round, nodes) }, before);
}

/**
 * The picture while the platform doesn't answer: nothing is known, the last values keep their age.
 * It is as old as the last picture that was observed; of now only when there never was one.
 */
export function toUnreachable(reason: string, at: number, before: StackHealth | null): StackHealth {
  const nodes = HEALTH_NODES.map((id) => {
    const last = before?.nodes.find((node) => node.id === id);
    return {
      ...unknownNode(id, reason),
      observedAt: last?.observedAt ?? null,
      facts: last?.facts ?? [],
    };
  });
  const edges = (before?.edges ?? []).map((edge) => ({
    ...edge,
    state: 'idle' as const,
    latencyMs: null,
  }));
  const observedAt = before?.observedAt ?? at;
  return { ...assemble({ at, nodes, edges }, before), observedAt };
}

function assemble(
  now: { at: number; nodes: readonly NodeReading[]; edges: readonly HealthEdge[] },
  before: StackHealth | null,
): StackHealth {
  const nodes = now.nodes.map((node) => {
    const last = before?.nodes.find((candidate) => candidate.id === node.id);
    const same = last?.state === node.state && last.word === node.word;
    return { ...node, since: node.since ?? (same ? last.since : now.at) };
  });
  return { nodes, edges: now.edges, verdict: verdictOf(nodes), observedAt: now.at };
}

function serviceNode(
  id: 'gateway' | 'backend',
  answer: HealthAnswer<GatewayHealth | BackendHealth> | null,
  at: number,
): NodeReading {
  if (answer === null) return unknownNode(id, `The ${id} is not deployed yet.`, 'Not deployed');
  const base = { id, title: NODE_TITLES[id], since: null, observedAt: at };
  const { health } = answer;
  if (health === null) {
    const reason = `${NODE_TITLES[id]} does not answer: ${answer.error ?? 'no reason given'}.`;
    return { ...base, state: 'bad', word: 'Down', reason, facts: [] };
  }
  const { state, word } = meaningOf(health.status);
  return {
    ...base,
    state,
    word,
    reason: state === 'ok' ? null : worstReason(health.services),
    facts: [
      { label: 'Revision', value: health.revision },
      { label: 'Version', value: health.version },
      { label: 'Answer', value: `${String(Math.round(answer.elapsedMs))} ms` },
    ],
  };
}

function partNode(id: HealthNodeId, part: PartHealth | undefined, at: number): NodeReading {
  if (part === undefined) {
    return unknownNode(id, 'Only the backend knows it, and the backend does not answer.');
  }
  const { state, word } = meaningOf(part.state);
  return {
    id,
    title: NODE_TITLES[id],
    state,
    word,
    reason: state === 'ok' ? null : (part.reason ?? null),
    since: Date.parse(part.since),
    observedAt: at,
    facts: Object.entries(part.facts ?? {}).map(([label, value]) => ({ label, value })),
  };
}

function edgesOf(round: ProbeRound, nodes: readonly NodeReading[]): HealthEdge[] {
  const stateOf = (id: HealthNodeId): HealthState =>
    nodes.find((node) => node.id === id)?.state ?? 'idle';
  const upstream = round.gateway?.health?.services.upstream;
  const parts = round.backend?.health?.services;
  const edge = (from: HealthEdge['from'], to: HealthNodeId, latencyMs?: number): HealthEdge => ({
    from,
    to,
    state: stateOf(to),
    latencyMs: latencyMs ?? null,
  });
  return [
    edge('clients', 'gateway', answeredIn(round.gateway)),
    {
      ...edge('gateway', 'backend', upstream?.latencyMs),
      state: upstream === undefined ? 'idle' : meaningOf(upstream.state).state,
    },
    edge('backend', 'database', parts?.database.latencyMs),
    edge('backend', 'redis', parts?.redis.latencyMs),
    edge('backend', 'model', parts?.ai.latencyMs),
  ];
}

function answeredIn(answer: HealthAnswer<unknown> | null): number | undefined {
  return answer === null || answer.health === null ? undefined : answer.elapsedMs;
}

function meaningOf(word: string): { state: HealthState; word: string } {
  return WORDS[word] ?? { state: 'idle', word: 'Unknown' };
}

/** Why a service isn't well: the reason of its worst part. */
function worstReason(parts: Readonly<Record<string, PartHealth>>): string | null {
  const order = ['down', 'degraded', 'starting'];
  const named = order.flatMap((state) =>
    Object.values(parts).filter((part) => part.state === state && part.reason !== undefined),
  );
  return named[0]?.reason ?? null;
}
