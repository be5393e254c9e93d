import type { CostReport, ServiceCost } from '../../../shared/domain/cost/cost-report.ts';
import { estimateMonthlyCost, togetherUsd } from '../../../shared/domain/cost/estimate.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { STACK_SERVICES } from '../../../shared/domain/stack.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { readServiceState } from '../deployments/read-service.ts';
import type { PriceBasis } from './price-basis.ts';
import { priceBasis } from './price-basis.ts';
import { serviceUsage } from './service-usage.ts';

/** The monthly estimate of every deployed service, from what serves now and how it is used. */
export async function estimateCost(core: Core): Promise<CostReport> {
  const price = priceBasis(selectedTarget(core), core.ports.clock.now());
  const found = await Promise.all(STACK_SERVICES.map((id) => costOf(core, id, price)));
  const { region, billed, tableDate, isStale } = price;
  const services = found.filter((cost) => cost !== null);
  const totalUsd = togetherUsd(services.map(({ estimate }) => estimate));
  return { billed, region, tableDate, isStale, services, totalUsd };
}

async function costOf(
  core: Core,
  service: StackServiceId,
  { prices }: PriceBasis,
): Promise<ServiceCost | null> {
  const { template } = await readServiceState(core.ports.session.provider, service);
  if (template === null) return null;
  const { usage, basis } = await serviceUsage(core, service);
  return { service, estimate: estimateMonthlyCost(template, usage, prices), basis };
}
