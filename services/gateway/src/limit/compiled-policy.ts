import { burstOf, intervalUsOf } from '@omni/contracts/limits.ts';
import type { LimitPolicy } from '@omni/contracts/limits.ts';
import type { PolicyHandles } from './limit-meter.ts';

/** A policy in the numbers and texts that a decision needs; made once and shared by its subjects. */
export interface CompiledPolicy {
  readonly policy: LimitPolicy;
  readonly exact: boolean;
  readonly windowUs: number;
  /** Units of one request. */
  readonly cost: number;
  /** `exact`: units per window. */
  readonly limit: number;
  /** `rate`: what one request pays, and what may be unpaid at most. */
  readonly costUs: number;
  readonly toleranceUs: number;
  /** Item of the RateLimit-Policy header, and the start of one of RateLimit. Counted in requests. */
  readonly policyItem: string;
  readonly limitItem: string;
  /** Where its decisions are counted. */
  readonly handles: PolicyHandles;
}

export function compilePolicy(policy: LimitPolicy, handles: PolicyHandles): CompiledPolicy {
  const { id, limit, windowSeconds, cost } = policy;
  const intervalUs = policy.kind === 'rate' ? intervalUsOf(policy) : 0;
  return {
    policy,
    exact: policy.kind === 'exact',
    windowUs: windowSeconds * 1_000_000,
    cost,
    limit,
    costUs: cost * intervalUs,
    toleranceUs: burstOf(policy) * intervalUs,
    policyItem: `"${id}";q=${Math.floor(limit / cost)};w=${windowSeconds}`,
    limitItem: `"${id}";r=`,
    handles,
  };
}

/** An instance's share while the shared count is away: never more than the whole, at least one. */
export function shareOf({ policy, handles }: CompiledPolicy, instances: number): CompiledPolicy {
  const share = (units: number): number => Math.max(policy.cost, Math.floor(units / instances));
  const smaller = { ...policy, limit: share(policy.limit) };
  const scaled = smaller.kind === 'rate' ? { ...smaller, burst: share(burstOf(policy)) } : smaller;
  return compilePolicy(scaled, handles);
}
