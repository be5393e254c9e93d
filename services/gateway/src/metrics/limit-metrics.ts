import type { MetricRegistry } from '@omni/kit/metric-registry.ts';

/** Where a limit was counted. */
export type LimitSource = 'local' | 'redis';

/** Handles of a policy, at `2 * redis + refused`. */
type PolicyHandles = readonly [number, number, number, number];

/** Policies beyond this share the overflow series. */
const MAX_LABEL_SETS = 80;

/** Counts a decision of the rate limiter; policies are configured, so their number is bounded. */
export function addLimitMetrics(
  registry: MetricRegistry,
): (admitted: boolean, policy?: string, source?: LimitSource) => void {
  const decisions = registry.counter({
    name: 'gateway_ratelimit_decisions_total',
    help: 'Decisions of the rate limiter',
    labelNames: ['policy', 'decision', 'source'],
    maxLabelSets: MAX_LABEL_SETS,
  });
  const resolve = (policy: string): PolicyHandles => {
    const handle = (decision: string, source: LimitSource): number =>
      decisions.handle({ policy, decision, source });
    return [
      handle('admitted', 'local'),
      handle('refused', 'local'),
      handle('admitted', 'redis'),
      handle('refused', 'redis'),
    ];
  };
  const policies = new Map<string, PolicyHandles>([['key', resolve('key')]]);
  const handlesOf = (policy: string): PolicyHandles => {
    const handles = resolve(policy);
    if (policies.size < MAX_LABEL_SETS) policies.set(policy, handles);
    return handles;
  };
  return (admitted, policy = 'key', source = 'local') => {
    const handles = policies.get(policy) ?? handlesOf(policy);
    const at = (source === 'redis' ? 2 : 0) + (admitted ? 0 : 1);
    decisions.add(handles[at] ?? handles[0]);
  };
}
