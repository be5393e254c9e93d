import type { CostEstimate } from './estimate.ts';

/** Where the figures of use come from. */
export interface UsageBasis {
  readonly source: 'measured' | 'assumed';
  /** One sentence: over which time, or which assumption. */
  readonly words: string;
}

/** What one service costs a month. */
export interface ServiceCost {
  readonly service: string;
  readonly estimate: CostEstimate;
  readonly basis: UsageBasis;
}

/** The estimate of a target: its services, with what has to be said beside every figure. */
export interface CostReport {
  /** False on this machine: then the figures say what the same would cost on Cloud Run. */
  readonly billed: boolean;
  readonly region: string;
  /** First day of the month of the price list. */
  readonly tableDate: string;
  /** The list is older than six months. */
  readonly isStale: boolean;
  readonly services: readonly ServiceCost[];
  /** Of all together, the free part counted once. */
  readonly totalUsd: number;
}

/** What a change does to the estimate of its service. */
export interface CostDelta {
  readonly billed: boolean;
  /** Null for a service that doesn't exist yet. */
  readonly currentUsd: number | null;
  readonly nextUsd: number;
  readonly tableDate: string;
  readonly isStale: boolean;
  readonly basis: UsageBasis;
}
