import type { MetricRegistry } from '@omni/kit/metric-registry.ts';

/** Integer handles of a policy's counters: adding to one costs no look-up. */
export interface PolicyHandles {
  readonly local: DecisionHandles;
  readonly redis: DecisionHandles;
}

interface DecisionHandles {
  readonly admitted: number;
  readonly refused: number;
}

/** Where the limiter counts its decisions. */
export interface LimitMeter {
  /** Handles for a policy's id; ids beyond the cap share those of `__other__`. */
  handles(policyId: string): PolicyHandles;
  add(handle: number): void;
  /** While the shared store is away: let through uncounted, or refused without an answer. */
  storeLost(policyId: string, decision: 'uncounted' | 'unavailable'): void;
  quotaAlert(quotaId: string, percent: number): void;
  /** Highest share of a quota that any subject of this instance has used. */
  quotaUsed(quotaId: string, ratio: number): void;
}

/** Policies of the configuration and of keys: names that operators choose, hence few. */
const MAX_POLICIES = 50;
const SETS_PER_POLICY = 6;

/** Declares the metrics of limits and quotas. */
export function createLimitMeter(registry: MetricRegistry): LimitMeter {
  const decisions = registry.counter({
    name: 'gateway_ratelimit_decisions_total',
    help: 'Decisions of each limit; a request that one limit refuses counts for that one only',
    labelNames: ['policy', 'decision', 'source'],
    maxLabelSets: MAX_POLICIES * SETS_PER_POLICY,
  });
  const alerts = registry.counter({
    name: 'gateway_quota_alerts_total',
    help: 'Quotas that passed an alert threshold, once per period and subject over all instances',
    labelNames: ['quota', 'threshold_percent'],
    maxLabelSets: 2 * MAX_POLICIES,
  });
  const used = registry.gauge({
    name: 'gateway_quota_used_ratio',
    help: 'Highest share of the quota that any subject seen by this instance has used',
    labelNames: ['quota'],
    maxLabelSets: MAX_POLICIES,
  });
  const known = new Map<string, PolicyHandles>();
  const handlesOf = (policy: string, source: 'local' | 'redis'): DecisionHandles => ({
    admitted: decisions.handle({ policy, decision: 'admitted', source }),
    refused: decisions.handle({ policy, decision: 'refused', source }),
  });
  return {
    handles(policyId) {
      const label = known.has(policyId) || known.size < MAX_POLICIES ? policyId : '__other__';
      let handles = known.get(label);
      if (handles === undefined) {
        handles = { local: handlesOf(label, 'local'), redis: handlesOf(label, 'redis') };
        known.set(label, handles);
      }
      return handles;
    },
    add: (handle) => decisions.add(handle),
    storeLost(policyId, decision) {
      const policy = known.has(policyId) ? policyId : '__other__';
      decisions.inc({ policy, decision, source: 'local' });
    },
    quotaAlert: (quota, percent) => alerts.inc({ quota, threshold_percent: String(percent) }),
    quotaUsed: (quota, ratio) => used.set(ratio, { quota }),
  };
}
