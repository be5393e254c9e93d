/** What a part of the stack is, in the order of the arrow. */
export const HEALTH_NODES = ['gateway', 'backend', 'database', 'redis', 'model'] as const;
export type HealthNodeId = (typeof HEALTH_NODES)[number];

/** `idle` covers unknown and not configured: neither good nor bad. */
export type HealthState = 'ok' | 'warn' | 'bad' | 'idle' | 'starting';

export interface HealthNode {
  readonly id: HealthNodeId;
  readonly title: string;
  readonly state: HealthState;
  /** The word beside the dot: Healthy, Degraded, Down, Not configured, Unknown, Starting. */
  readonly word: string;
  /** Why, in one sentence, when it isn't ok. */
  readonly reason: string | null;
  /** Epoch ms since when it has been in this state, null when unknown. */
  readonly since: number | null;
  /** Epoch ms of the observation behind the state, null when there never was one. */
  readonly observedAt: number | null;
  /** Facts of the card, in order. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
}

/** One arrow of the graph with what the last check along it cost. */
export interface HealthEdge {
  readonly from: 'clients' | HealthNodeId;
  readonly to: HealthNodeId;
  readonly state: HealthState;
  readonly latencyMs: number | null;
}

export interface StackHealth {
  readonly nodes: readonly HealthNode[];
  readonly edges: readonly HealthEdge[];
  readonly verdict: Verdict;
  /** Epoch ms. */
  readonly observedAt: number;
}

export interface Verdict {
  readonly state: HealthState;
  /** For the topbar: `All healthy`, `Degraded: backend`. */
  readonly title: string;
  /** One sentence with cause and what is fine; null when all is well. */
  readonly sentence: string | null;
}

const WEIGHT: Readonly<Record<HealthState, number>> = {
  idle: 0,
  ok: 1,
  starting: 2,
  warn: 3,
  bad: 4,
};
const PREFIX: Readonly<Record<HealthState, string>> = {
  ok: 'All healthy',
  idle: 'Unknown',
  starting: 'Starting',
  warn: 'Degraded',
  bad: 'Down',
};

/**
 * Several nodes -> one verdict. The worst state wins; among equally bad nodes the one nearest to the
 * root of the dependency (database, redis and model before backend before gateway) is the cause.
 * An optional part that isn't configured never makes the stack worse.
 */
export function verdictOf(nodes: readonly HealthNode[]): Verdict {
  const known = nodes.filter((node) => node.state !== 'idle');
  if (known.length === 0) {
    return { state: 'idle', title: 'Unknown', sentence: 'No part of the stack has answered yet.' };
  }
  const worst = known.reduce((a, b) => (WEIGHT[b.state] > WEIGHT[a.state] ? b : a));
  if (worst.state === 'ok') return { state: 'ok', title: PREFIX.ok, sentence: null };
  const hit = known.filter((node) => node.state === worst.state);
  const cause = hit.at(-1) ?? worst;
  const fine = known.filter((node) => node.state === 'ok').map((node) => node.title);
  return {
    state: worst.state,
    title: `${PREFIX[worst.state]}: ${cause.title.toLowerCase()}`,
    sentence: sentenceOf(cause, fine),
  };
}

function sentenceOf(cause: HealthNode, fine: readonly string[]): string {
  const why = cause.reason ?? `${cause.title} is ${cause.word.toLowerCase()}.`;
  if (fine.length === 0) return why;
  const list =
    fine.length === 1
      ? `${fine[0] ?? ''} is`
      : `${fine.slice(0, -1).join(', ')} and ${fine.at(-1) ?? ''} are`;
  return `${why} ${list} fine.`;
}
