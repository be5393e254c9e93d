import type { CostDelta } from '../../../shared/domain/cost/cost-report.ts';
import type { BilledShape } from '../../../shared/domain/cost/estimate.ts';
import { estimateMonthlyCost } from '../../../shared/domain/cost/estimate.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { priceBasis } from './price-basis.ts';
import { serviceUsage } from './service-usage.ts';

/** What another configuration does to the monthly estimate, with the same use; null for nothing. */
export async function costDelta(
  core: Core,
  service: StackServiceId,
  change: { readonly current: BilledShape | null; readonly next: BilledShape },
): Promise<CostDelta | null> {
  const { prices, billed, tableDate, isStale } = priceBasis(
    selectedTarget(core),
    core.ports.clock.now(),
  );
  const { usage, basis } = await serviceUsage(core, service);
  const of = (shape: BilledShape): number => estimateMonthlyCost(shape, usage, prices).monthlyUsd;
  const currentUsd = change.current === null ? null : of(change.current);
  const nextUsd = of(change.next);
  if (currentUsd === nextUsd) return null;
  return {
    billed,
    currentUsd,
    nextUsd,
    tableDate,
    isStale,
    basis,
  };
}
