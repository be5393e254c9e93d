import type { CostReport, ServiceCost } from '../../../shared/domain/cost/cost-report.ts';
import {
  billedShape,
  estimateMonthlyCost,
  togetherUsd,
} from '../../../shared/domain/cost/estimate.ts';
import { AUTOMATIC_SCALING } from '../../../shared/domain/revision.ts';
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
  const state = await readServiceState(core.ports.session.provider, service);
  if (state.template === null) return null;
  const { usage, basis } = await serviceUsage(core, service);
  const shape = billedShape(state.template, state.service?.scaling ?? AUTOMATIC_SCALING);
  return { service, estimate: estimateMonthlyCost(shape, usage, prices), basis };
}
